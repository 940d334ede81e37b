"""Where the keys stand: one claim, renew, complete for every server, and what to do while one is away."""
