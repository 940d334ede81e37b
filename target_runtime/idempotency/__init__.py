"""At most one effective run a key: claims with a lease, results with a time to live."""
