"""Invented customers: who writes when, what they answer, and after how long. Pure, from a seed."""

import random
from collections.abc import Iterator

import msgspec

from qualtui.demo.pace import HOUR

PER_HOUR = 40.0  # inbound messages an hour in office hours
_MESSAGES = 4.0  # of one customer, on average
_RHYTHM = (
    *(0.05, 0.03, 0.03, 0.03, 0.03, 0.08, 0.2, 0.45, 0.8, 1.0, 1.0, 1.0),
    *(0.8, 0.9, 1.0, 1.0, 1.0, 1.0, 0.9, 0.8, 0.7, 0.5, 0.25, 0.1),
)
_FIRST = (
    *("Ana", "Bruno", "Carla", "Diego", "Elisa", "Fábio", "Gabriela", "Heitor", "Iara", "João", "Karen", "Lucas"),
    *("Marina", "Nelson", "Olívia", "Paulo", "Quésia", "Rafael", "Sônia", "Tiago", "Úrsula", "Vítor", "Yasmin"),
)
_LAST = ("Exemplo", "Modelo", "Fictício", "Ensaio", "Amostra", "Teste", "Invento", "Rascunho")
_OPENINGS = (
    "Oi, vi o vídeo de vocês e queria saber mais",
    "Olá! Baixei o e-book, como funciona a consultoria?",
    "Bom dia, gostaria de falar com um consultor",
    "Oi! Recebi a newsletter e fiquei interessado",
    "Boa tarde, vocês ajudam quem está começando?",
)
_ANSWERS = (
    "Entre 100 e 300 mil",
    "Hoje está tudo na poupança e em CDB",
    "O atendimento é meio devagar",
    "Quero uma renda para a aposentadoria",
    "Uns dez anos",
    "Faz sentido, sim",
    "Pode ser quinta às 15h",
    "Prefiro conversar antes por aqui",
)
CLOSING = "Certo, obrigado!"
AGAIN = ("Oi, alguém aí?", "Olá? Ainda estou esperando", "Vocês receberam minha mensagem?")


class Persona(msgspec.Struct, frozen=True):
    """One customer. `delays`: virtual seconds before each answer, beyond the five minutes of the bot's dedup."""

    at: float  # virtual seconds after the start
    phone: str
    name: str
    opening: str
    answers: tuple[str, ...]
    delays: tuple[float, ...]


def factor(hour: float) -> float:
    """How busy the hour of the day is; 1 in office hours."""
    return _RHYTHM[int(hour) % 24]


def phone(number: int) -> str:
    """An invented phone: 55119000 and five digits."""
    return f"55119000{number % 100_000:05d}"


def persona(rng: random.Random, at: float, number: int) -> Persona:
    """One customer, drawn from `rng`."""
    count = rng.choices((0, 1, 2, 3, 4, 5, 6, 7), weights=(10, 15, 15, 15, 15, 12, 9, 9))[0]
    name = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
    answers = tuple(rng.choice(_ANSWERS) for _ in range(count))
    delays = tuple(rng.uniform(330, 1200) for _ in range(count))
    return Persona(at, phone(number), name, rng.choice(_OPENINGS), answers, delays)


def plan(seed: int, start_hour: float, per_hour: float = PER_HOUR, first: int = 1) -> Iterator[Persona]:
    """All customers, as they first write: a Poisson process with the day's rhythm, by thinning."""
    rng = random.Random(seed)  # noqa: S311 - invented customers, nothing secret
    peak = per_hour / _MESSAGES / HOUR
    at, number = 0.0, first
    while True:
        at += rng.expovariate(peak)
        if rng.random() < factor(start_hour + at / HOUR):
            yield persona(rng, at, number)
            number += 1
