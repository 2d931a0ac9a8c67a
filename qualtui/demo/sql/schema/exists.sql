select to_regclass('public.messages') is not null
