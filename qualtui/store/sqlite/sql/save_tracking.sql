INSERT OR REPLACE INTO tracking (name, blob) VALUES (:name, :blob);
