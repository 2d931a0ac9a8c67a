"""Pure: the chain, the root cause, contradictions, our own network, and the goals."""
