"""Widgets: each owns its look, keys and messages, and knows nothing of its parent."""
