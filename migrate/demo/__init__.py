"""The bundled legacy project and the history it is written out with."""
