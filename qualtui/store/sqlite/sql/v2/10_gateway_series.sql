-- Series of the gateway lose its product's name: AGENT/waha.up is AGENT/gateway.up, AGENT/health.waha is AGENT/health.gateway.
UPDATE OR IGNORE series
SET name = CASE
    WHEN name LIKE '%/waha.%' THEN replace(name, '/waha.', '/gateway.')
    ELSE substr(name, 1, length(name) - length('waha')) || 'gateway'
END
WHERE name LIKE '%/waha.%' OR name LIKE '%/health.waha' OR name LIKE '%/deep.waha';
