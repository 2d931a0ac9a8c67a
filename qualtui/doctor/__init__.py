"""`qualtui doctor`: check every link and permission, change nothing."""
