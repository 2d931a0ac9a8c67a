"""Where notices go: channels behind the one Protocol in channel.py; registry.py makes them."""
