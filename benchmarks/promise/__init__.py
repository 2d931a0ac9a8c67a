"""A simulated month, played three times: what monitor, engineer and automatic fixes are worth to the customers."""
