"""Where tasks belong: the domain that speaks from a task, and the file that best keeps one of several copies."""
