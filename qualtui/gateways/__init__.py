"""WhatsApp gateways, each behind the one Protocol in gateway.py; registry.py knows the kinds."""
