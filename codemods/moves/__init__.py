"""Moving top-level code between files by byte slices, with all that it needs and all that follows it."""
