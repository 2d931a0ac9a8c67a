-- So many leads over two years, the newest an hour ago.
INSERT INTO leads (id, nome, telefone, canal, status, created_at)
SELECT
    ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    'Ana Exemplo',
    '551190' || lpad(n::text, 8, '0'),
    'whatsapp',
    CASE WHEN n % 10 = 0 THEN 'novo' ELSE 'em_qualificacao' END,
    now() - interval '1 hour' - n * (interval '730 days' / :leads)
FROM generate_series(1, :leads) AS n;
