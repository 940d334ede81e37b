"""A file as units: what each binds and reads, and where."""
