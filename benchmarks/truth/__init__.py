"""Is the monitor right? A simulated week without trouble, and one with every trouble there is."""
