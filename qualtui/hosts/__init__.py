"""Where the bot runs, behind one Protocol: metrics, deploys, logs, restart, rollback."""
