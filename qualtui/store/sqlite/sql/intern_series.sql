INSERT INTO series (name) VALUES (:name) ON CONFLICT (name) DO NOTHING;
