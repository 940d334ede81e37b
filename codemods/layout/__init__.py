"""How a project lays out its code, as the configuration of its formatters, sorters and linters says."""
