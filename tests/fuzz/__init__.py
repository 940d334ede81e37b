"""Whole modules, generated and spoilt: the pipeline never fails on them, settles, and loses no comment."""
