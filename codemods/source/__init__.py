"""A file of Python as text that is edited: its spans, imports, elements and literals."""
