"""Progress as values, its history, and the pages that show it."""
