"""The command line: the composition root. Everything heavy is imported by the command that needs it."""
