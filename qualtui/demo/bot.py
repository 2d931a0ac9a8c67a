"""The bot's conversation: which question follows, and what it writes. Pure; the texts are what customers read."""

from collections.abc import Mapping

import msgspec

FLOW = (
    "inicio",
    "perguntar_patrimonio",
    "perguntar_onde_investe",
    "perguntar_qualidade_suporte",
    "perguntar_objetivo",
    "perguntar_prazo",
    "oferecer_reuniao",
    "agendamento",
    "finalizado",
)
_TEXTS = {
    "perguntar_patrimonio": "Para começar: qual faixa de patrimônio você tem investida hoje?",
    "perguntar_onde_investe": "Obrigado! E onde você investe atualmente?",
    "perguntar_qualidade_suporte": "Como você avalia o suporte que recebe hoje?",
    "perguntar_objetivo": "Qual é o seu principal objetivo com os investimentos?",
    "perguntar_prazo": "Em quanto tempo você gostaria de chegar lá?",
    "oferecer_reuniao": "Faz sentido uma conversa de 30 minutos com um consultor?",
    "agendamento": "Ótimo! Qual dia e horário ficam melhores para você?",
    "finalizado": "Combinado, vamos confirmar por aqui. Até breve!",
}
_KEYS = {
    "inicio": "primeira_interacao",
    "perguntar_patrimonio": "patrimonio_faixa",
    "perguntar_onde_investe": "onde_investe",
    "perguntar_qualidade_suporte": "avaliacao_suporte",
    "perguntar_objetivo": "objetivo",
    "perguntar_prazo": "prazo",
    "oferecer_reuniao": "interesse",
    "agendamento": "meeting_preference",
}


class BotTurn(msgspec.Struct, frozen=True):
    """What the bot answers, and what it tries to write afterwards; empty texts: nothing."""

    text: str
    estado: str  # the intended one: most of them the database refuses
    contexto: dict[str, object]
    final: bool = False
    lead_status: str = "em_qualificacao"
    result: str = ""
    meeting: bool = False


def greeting(name: str) -> str:
    """The first message of every session."""
    return (
        f"Olá, {name.partition(' ')[0]}! Sou o assistente da consultoria. Posso fazer algumas perguntas rápidas?"
    )


def known_state(estado: str) -> str:
    """The estado, if the bot's code knows it. Raises ValueError, as its enum does for an older deployment's."""
    if estado not in FLOW:
        raise ValueError(f"{estado!r} is not a valid Estado")
    return estado


def turn(estado: str, contexto: Mapping[str, object], incoming: str) -> BotTurn:
    """The next step. Raises TypeError where the stored contexto is damaged."""
    responses = contexto.get("responses", {})
    if not isinstance(responses, dict):
        raise TypeError("'str' object does not support item assignment")
    after = FLOW[min(FLOW.index(estado) + 1, len(FLOW) - 1)]
    merged = {**contexto, "responses": {**responses, _KEYS.get(estado, "extra"): incoming}}
    if after == "oferecer_reuniao":
        return BotTurn(_TEXTS[after], after, merged, lead_status="qualificado", result="qualificado")
    if after == "finalizado":
        return BotTurn(
            _TEXTS[after],
            after,
            merged,
            final=True,
            lead_status="reuniao_agendada",
            result="reuniao_agendada",
            meeting=True,
        )
    return BotTurn(_TEXTS[after], after, merged)


def normalised(number: str) -> str:
    """A phone as the agent stores it: digits, 55 in front; foreign numbers and groups come out wrong, as there."""
    digits = "".join(char for char in number if char.isdigit())
    if len(digits) == 11 and digits.startswith("11"):
        return f"55{digits}"
    if len(digits) == 10:
        return f"5511{digits}"
    return digits if digits.startswith("55") else f"55{digits}"
