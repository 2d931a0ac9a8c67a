"""Series of the errors that the bot writes into its log at the host, by what they speak of."""

from qualtui.series.declaration import Series


def _lines(word: str, what: str) -> Series:
    meaning = f"S14: lines of the log about {what} in the last hour, the note is the newest one"
    return Series(f"logs.{word}", "", "up", "host", meaning, usual=0)


SERIES = (
    _lines("leads", "a customer who was not stored"),
    _lines("sessions", "a session that was not created"),
    _lines("sends", "a send that failed or was simulated"),
    _lines("webhook", "exceptions of the webhook, harmless events among them,"),
    _lines("worker", "a killed worker, or services that did not start,"),
    _lines("meetings", "a meeting that was not recorded"),
    _lines("other", "other errors"),
)
