select format('alter role %I password %L', $1::text, $2::text)
