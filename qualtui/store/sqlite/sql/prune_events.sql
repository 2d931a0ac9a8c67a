DELETE FROM events WHERE seq <= :seq;
