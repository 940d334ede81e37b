"""What a project's source says about its tasks, read without running or importing any of it."""
