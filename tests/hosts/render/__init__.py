"""Render's API and our side of it."""
