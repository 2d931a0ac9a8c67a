"""The demo: a real PostgreSQL, a simulated agent, gateway and mailbox, traffic, and faults to switch on."""
