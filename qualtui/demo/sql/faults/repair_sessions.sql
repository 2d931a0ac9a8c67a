update sessions set contexto = '{}' where contexto ->> 'responses' = 'damaged'
