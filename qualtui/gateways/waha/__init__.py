"""WAHA, the WhatsApp HTTP API: its addresses, its answers, and what the doctor says about it."""
