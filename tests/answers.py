"""What an answer of the engine is, and its sentence in English."""

from qualtui.wire import Answer, Done, Refused


def said(answer: Answer) -> tuple[type[Answer], str]:
    """Return the kind of an answer and its sentence."""
    assert isinstance(answer, Done | Refused), answer
    return type(answer), str(answer.text)
