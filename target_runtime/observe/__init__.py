"""What is seen of running tasks: counters, log lines, time in the queue."""
