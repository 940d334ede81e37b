"""Reading and rewriting source: the inventory of a project and the steps that change it."""
