"""The short form of the load test: quick queues hold their SLA while slow ones are saturated."""

from pathlib import Path

from tests.benchmarks.sla import measure, plan


def test_every_queue_is_in_time_where_one_pool_for_all_is_late(tmp_path: Path) -> None:
    load = plan(400, 8, reports=44, maintenance=20)
    own = measure(tmp_path / "own", load, naive=False)
    assert [waits.queue for waits in own.values() if not waits.holds] == []
    assert sum(waits.count for waits in own.values()) == 400
    naive = measure(tmp_path / "naive", load, naive=True)
    assert not naive["critical"].holds
