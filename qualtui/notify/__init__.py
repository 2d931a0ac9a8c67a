"""Notices: the outbox's decisions and the Apprise adapter."""
