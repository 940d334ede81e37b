"""The pipeline and its command line: plan, apply, prove, commit, report, roll back."""

__version__ = "0.1.0"
