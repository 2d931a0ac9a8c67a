"""A bot on this machine: a unit of systemd, or a process that writes its number into a file."""
