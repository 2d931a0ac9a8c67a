SELECT id FROM series WHERE name = :name;
