SELECT epoch FROM lease WHERE id = 1;
