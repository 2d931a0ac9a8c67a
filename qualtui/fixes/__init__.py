"""Remedies: previewed, guarded, re-checked at the moment of writing, audited, undone where possible."""
