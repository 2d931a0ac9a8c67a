SELECT blob FROM tracking WHERE name = :name;
