"""The files of a move: what each takes in, what remains of it, and how it is written."""
