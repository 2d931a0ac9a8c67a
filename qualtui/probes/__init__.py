"""Questions to the outside. Each answers with samples and never raises past its supervisor."""
