"""The one room that runs the user's own commands: their interpreter, their tests, on an export."""
