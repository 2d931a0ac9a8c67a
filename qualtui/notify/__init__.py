"""Notices: the outbox's worker and the Apprise adapter."""
