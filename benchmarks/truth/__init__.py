"""Does the monitor tell the truth? A simulated week without trouble, and one with every trouble there is."""
