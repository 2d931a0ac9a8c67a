"""Figures, each beside its peer or floor from the same run."""
