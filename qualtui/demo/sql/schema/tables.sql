-- The agent's six tables. As in production every column but the keys and a few texts may be null.
create table leads (
    id uuid primary key default gen_random_uuid(),
    nome varchar(255) not null,
    telefone varchar(20) not null unique,
    email varchar(255),
    canal varchar(50) not null
        check (canal in ('youtube', 'newsletter', 'ebook', 'meta_ads', 'whatsapp')),
    status varchar(50) default 'novo'
        check (status in ('novo', 'em_qualificacao', 'qualificado', 'nao_qualificado', 'reuniao_agendada', 'finalizado')),
    score integer default 0 check (score between 0 and 100),
    processado boolean default false,
    created_at timestamptz default now(),
    updated_at timestamptz default now()
);

create table sessions (
    id uuid primary key default gen_random_uuid(),
    lead_id uuid not null references leads (id) on delete cascade,
    estado varchar(50) default 'inicio'
        check (estado in ('inicio', 'saudacao', 'pergunta_1', 'pergunta_2', 'pergunta_3', 'pergunta_4',
                          'calculando_score', 'resultado', 'finalizado')),
    contexto jsonb default '{}',
    ativa boolean default true,
    created_at timestamptz default now(),
    updated_at timestamptz default now()
);

create table messages (
    id uuid primary key default gen_random_uuid(),
    session_id uuid not null references sessions (id) on delete cascade,
    lead_id uuid not null references leads (id) on delete cascade,
    conteudo text not null,
    tipo varchar(20) not null check (tipo in ('recebida', 'enviada')),
    metadata jsonb default '{}',
    created_at timestamptz default now()
);

create table qualificacoes (
    id uuid primary key default gen_random_uuid(),
    lead_id uuid not null references leads (id) on delete cascade,
    session_id uuid not null references sessions (id) on delete cascade,
    patrimonio_resposta text,
    objetivo_resposta text,
    urgencia_resposta text,
    interesse_resposta text,
    patrimonio_pontos integer default 0 check (patrimonio_pontos between 0 and 30),
    objetivo_pontos integer default 0 check (objetivo_pontos between 0 and 25),
    urgencia_pontos integer default 0 check (urgencia_pontos between 0 and 25),
    interesse_pontos integer default 0 check (interesse_pontos between 0 and 20),
    score_total integer generated always as
        (patrimonio_pontos + objetivo_pontos + urgencia_pontos + interesse_pontos) stored,
    resultado varchar(50) check (resultado in ('qualificado', 'nao_qualificado')),
    observacoes text,
    created_at timestamptz default now()
);

create table reunioes (
    id uuid primary key default gen_random_uuid(),
    lead_id uuid not null references leads (id) on delete cascade,
    data_agendada timestamptz,
    status varchar(50) default 'agendada'
        check (status in ('agendada', 'confirmada', 'realizada', 'cancelada', 'remarcada')),
    link_reuniao text,
    observacoes text,
    created_at timestamptz default now(),
    updated_at timestamptz default now()
);

create table system_logs (
    id uuid primary key default gen_random_uuid(),
    lead_id uuid references leads (id) on delete set null,
    session_id uuid references sessions (id) on delete set null,
    nivel varchar(20) not null check (nivel in ('INFO', 'WARNING', 'ERROR', 'DEBUG')),
    evento varchar(100) not null,
    detalhes jsonb default '{}',
    created_at timestamptz default now()
);
