"""What needs attention this week, one file a provider; no one is woken for it."""
