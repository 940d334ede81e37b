"""Scripts that run in another interpreter: each stands alone."""
