"""The engine's small HTTP listeners: its health, and links to acknowledge an incident."""
