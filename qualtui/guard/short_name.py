"""A message's id as people type it: it says nothing of the chat that the gateway's own id names."""

import hashlib


def short_name(key: str) -> str:
    """Eight hex digits of a message's key."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]
