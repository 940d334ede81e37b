"""The branches of a migration: where they stand, whether they may move, and moving them."""
