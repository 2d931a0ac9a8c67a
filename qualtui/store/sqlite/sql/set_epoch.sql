UPDATE lease SET epoch = :epoch WHERE id = 1;
