"""`qualtui doctor`: every link and permission tried, nothing changed."""
