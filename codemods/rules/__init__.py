"""The rules of `migrate check`: one table, a function each from an inventory to findings."""
