"""qualtui: a terminal monitor for a WhatsApp lead-qualification bot."""

__version__ = "0.1.0"
