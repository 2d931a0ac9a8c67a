UPDATE events SET salt = NULL, payload = NULL WHERE seq = :seq AND payload IS NOT NULL;
