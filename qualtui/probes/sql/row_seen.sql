-- Do we see any row of this table?
SELECT EXISTS (SELECT FROM {{rows}}) AS seen
