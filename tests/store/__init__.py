"""The store: its contract, its fold, and what happens to it when things break."""
