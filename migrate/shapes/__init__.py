"""The JSON that scripts read, format 1: one struct a shape, a room for verbs that share some."""

FORMAT = 1
