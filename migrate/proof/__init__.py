"""The proof of a step: checks by what they look at, each a function from a run to what it found."""

from migrate.proof.checking import Proof, outcome, prove

__all__ = ["Proof", "outcome", "prove"]
