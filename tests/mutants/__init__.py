"""Results of steps that are spoilt before they are proved, so that the proofs are proved."""
