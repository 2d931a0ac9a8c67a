-- The agent's six tables as its own schema creates them, statement by statement: no trigger survives.
CREATE TABLE leads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nome varchar(255) NOT NULL,
    telefone varchar(20) NOT NULL UNIQUE,
    email varchar(255),
    canal varchar(50) NOT NULL CHECK (canal IN ('youtube', 'newsletter', 'ebook', 'meta_ads', 'whatsapp')),
    status varchar(50) DEFAULT 'novo' CHECK (status IN ('novo', 'em_qualificacao', 'qualificado',
        'nao_qualificado', 'reuniao_agendada', 'finalizado')),
    score int DEFAULT 0 CHECK (score BETWEEN 0 AND 100),
    processado bool DEFAULT false,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
);
CREATE TABLE sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    lead_id uuid NOT NULL REFERENCES leads (id) ON DELETE CASCADE,
    estado varchar(50) DEFAULT 'inicio',
    contexto jsonb DEFAULT '{}',
    ativa bool DEFAULT true,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(),
    CONSTRAINT sessions_estado_check CHECK (estado IN ('inicio', 'saudacao', 'pergunta_1', 'pergunta_2',
        'pergunta_3', 'pergunta_4', 'calculando_score', 'resultado', 'finalizado'))
);
CREATE TABLE messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    lead_id uuid NOT NULL REFERENCES leads (id) ON DELETE CASCADE,
    conteudo text NOT NULL,
    tipo varchar(20) NOT NULL CHECK (tipo IN ('recebida', 'enviada')),
    metadata jsonb DEFAULT '{}',
    created_at timestamptz DEFAULT now()
);
CREATE TABLE qualificacoes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    lead_id uuid NOT NULL REFERENCES leads (id) ON DELETE CASCADE,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    patrimonio_resposta text,
    objetivo_resposta text,
    urgencia_resposta text,
    interesse_resposta text,
    patrimonio_pontos int DEFAULT 0 CHECK (patrimonio_pontos BETWEEN 0 AND 30),
    objetivo_pontos int DEFAULT 0 CHECK (objetivo_pontos BETWEEN 0 AND 25),
    urgencia_pontos int DEFAULT 0 CHECK (urgencia_pontos BETWEEN 0 AND 25),
    interesse_pontos int DEFAULT 0 CHECK (interesse_pontos BETWEEN 0 AND 20),
    score_total int GENERATED ALWAYS AS (patrimonio_pontos + objetivo_pontos + urgencia_pontos + interesse_pontos)
        STORED,
    resultado varchar(50) CHECK (resultado IN ('qualificado', 'nao_qualificado')),
    observacoes text,
    created_at timestamptz DEFAULT now()
);
CREATE TABLE reunioes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    lead_id uuid NOT NULL REFERENCES leads (id) ON DELETE CASCADE,
    data_agendada timestamptz,
    status varchar(50) DEFAULT 'agendada' CHECK (status IN ('agendada', 'confirmada', 'realizada', 'cancelada',
        'remarcada')),
    link_reuniao text,
    observacoes text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
);
CREATE TABLE system_logs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    lead_id uuid REFERENCES leads (id) ON DELETE SET NULL,
    session_id uuid REFERENCES sessions (id) ON DELETE SET NULL,
    nivel varchar(20) NOT NULL CHECK (nivel IN ('INFO', 'WARNING', 'ERROR', 'DEBUG')),
    evento varchar(100) NOT NULL,
    detalhes jsonb DEFAULT '{}',
    created_at timestamptz DEFAULT now()
);
CREATE INDEX ON leads (telefone);
CREATE INDEX ON leads (canal);
CREATE INDEX ON leads (status);
CREATE INDEX ON leads (processado);
CREATE INDEX ON leads (created_at);
CREATE INDEX ON sessions (lead_id);
CREATE INDEX ON sessions (estado);
CREATE INDEX ON sessions (ativa);
CREATE INDEX ON messages (session_id);
CREATE INDEX ON messages (lead_id);
CREATE INDEX ON messages (tipo);
CREATE INDEX ON messages (created_at);
CREATE INDEX ON qualificacoes (lead_id);
CREATE INDEX ON qualificacoes (session_id);
CREATE INDEX ON qualificacoes (score_total);
CREATE INDEX ON qualificacoes (resultado);
CREATE INDEX ON reunioes (lead_id);
CREATE INDEX ON reunioes (status);
CREATE INDEX ON reunioes (data_agendada);
CREATE INDEX ON system_logs (lead_id);
CREATE INDEX ON system_logs (nivel);
CREATE INDEX ON system_logs (created_at);
