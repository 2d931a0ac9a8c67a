INSERT INTO lease (id, epoch) VALUES (1, 0);
