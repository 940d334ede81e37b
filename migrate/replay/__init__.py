"""A migration made anew: on a newer commit, or without one of its steps."""
