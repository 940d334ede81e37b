"""`migrate check`: the declarations of a work tree held against the rules."""
