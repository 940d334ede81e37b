"""What is in flight on a broker, by task name: read, counted, judged and kept."""
