"""Files that this Python can't parse: their trees from another one, or what their lines tell without."""
