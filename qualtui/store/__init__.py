"""The store: SQLite; an append-only log with a fold, and samples that are rolled up."""
