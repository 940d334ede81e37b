"""Groups of Redis servers that tests start: one with a Sentinel, and a Cluster."""

import subprocess
from pathlib import Path
from typing import Any

import redis
from redis.sentinel import Sentinel

from tests.servers import free_port, redis_binary
from tests.target_runtime.servers import RedisServer, until

MASTER = "main"
CONFIG = """
port {port}
bind 127.0.0.1
dir {folder}
sentinel monitor {master} 127.0.0.1 {first} 1
sentinel down-after-milliseconds {master} 500
sentinel failover-timeout {master} 3000
"""


class SentinelGroup:
    """A master, a replica of it and a Sentinel, which makes the replica the master when that is gone."""

    def __init__(self, folder: Path) -> None:
        self.first = RedisServer(folder / "first")
        copies = ("--replicaof", f"127.0.0.1 {self.first.port}", "--repl-diskless-sync-delay", "0")
        self.second = RedisServer(folder / "second", *copies)
        self.folder = folder
        self.port = free_port()
        self.url = f"sentinel://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "SentinelGroup":
        """Starts all, and waits until each knows the others."""
        self.first.start()
        self.second.start()
        until(self._is_copied, 20, "the replica does not follow")
        config = self.folder / "sentinel.conf"
        text = CONFIG.format(
            port=self.port, folder=self.folder, master=MASTER, first=self.first.port
        )
        config.write_text(text)
        command = [redis_binary(), str(config), "--sentinel"]
        with (self.folder / "sentinel.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._knows_both, 20, "Sentinel does not see the replica")
        return self

    def _is_copied(self) -> bool:
        info: Any = self.second.client.info("replication")
        return bool(info["master_link_status"] == "up")

    def _knows_both(self) -> bool:
        return bool(self._sentinel.discover_slaves(MASTER))

    @property
    def _sentinel(self) -> Any:
        return Sentinel([("127.0.0.1", self.port)], socket_timeout=1)  # type: ignore[no-untyped-call]

    @property
    def master(self) -> "redis.Redis":
        """A client of whoever is the master now."""
        made: redis.Redis = self._sentinel.master_for(MASTER)
        return made

    def fail_over(self) -> None:
        """Kills the master, once the replica has all that it has, and waits for the other one."""
        client = self.first.client
        # Redis waits for the replica to have what this very connection wrote last.
        client.set("written-last", 1)
        assert client.wait(1, 5000) == 1
        self.first.stop()
        until(
            lambda: self._sentinel.discover_master(MASTER)[1] == self.second.port,
            20,
            "Sentinel does not choose another master",
        )

    def stop(self) -> None:
        """Ends all of them."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
        self.first.stop()
        self.second.stop()


class RedisCluster:
    """Three masters that share the keys; its URL is that of one node."""

    def __init__(self, folder: Path) -> None:
        options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
        self.nodes = [RedisServer(folder / f"node{n}", *options) for n in range(3)]
        self.url = self.nodes[0].url

    def start(self) -> "RedisCluster":
        """Starts the nodes, and waits until each knows the others."""
        for node in self.nodes:
            node.start()
        for at, node in enumerate(self.nodes):
            slots = (16384 * at // 3, 16384 * (at + 1) // 3 - 1)
            self._ask(node, "CLUSTER", "ADDSLOTSRANGE", *slots)
            self._ask(node, "CLUSTER", "MEET", "127.0.0.1", self.nodes[0].port)
        until(self._is_whole, 20, "the cluster does not come together")
        return self

    def _is_whole(self) -> bool:
        told = [self._ask(node, "CLUSTER", "INFO") for node in self.nodes]
        return all(one["cluster_state"] == "ok" for one in told)

    @staticmethod
    def _ask(node: RedisServer, *words: object) -> Any:
        return node.client.execute_command(" ".join(map(str, words[:2])), *words[2:])  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Ends all nodes."""
        for node in self.nodes:
            node.stop()
