"""Names of tasks wherever a project writes them, and the module that keeps old ones alive."""
