"""Tests of the rooms that say where tasks belong."""
