"""Tests of values and state."""
