"""Render: its public API, v1."""
