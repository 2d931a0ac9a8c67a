"""Backups: signed archives of the store, the configuration and the bot's, and their restore."""
