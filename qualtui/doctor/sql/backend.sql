-- Which of the server's processes answers us?
SELECT pg_backend_pid() AS pid
