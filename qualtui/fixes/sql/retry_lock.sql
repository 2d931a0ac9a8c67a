-- Is this customer ours until the end of the transaction? False: another engine is claiming it.
SELECT pg_try_advisory_xact_lock(hashtextextended('qualtui/retry/' || $1::text, 0))
