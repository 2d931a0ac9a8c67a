-- The statements that take the agent's indexes away.
SELECT format('DROP INDEX %I', indexname) FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'idx\_%';
