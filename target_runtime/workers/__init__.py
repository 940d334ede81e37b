"""Worker pools, one a queue: started, stopped, restarted without a gap, and watched."""
