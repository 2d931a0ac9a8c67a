-- Begin anew, without the indexes: they are made when the tables are full.
TRUNCATE leads CASCADE;
