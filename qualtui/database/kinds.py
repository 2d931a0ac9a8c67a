"""The one error family of the database."""

from enum import StrEnum

from qualtui.text.message import Saying


class Kind(StrEnum):
    """What went wrong. UNREACHABLE and CONFIG mean that the database was never reached."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    AUTH = "auth"
    NO_DATABASE = "no_database"
    PERMISSION = "permission"
    CONFIG = "config"
    QUERY = "query"
    GONE = "gone"
    UNREACHABLE = "unreachable"


class DatabaseError(Exception):
    """The database refused, failed or did not answer; the one-line text holds no DSN, no detail and no row.

    `silent`: nothing came back at all; a time limit that the server itself reports is an answer.
    `todo`: the next step, if this refusal needs another one than its kind.
    """

    def __init__(self, kind: Kind, said: Saying, *, silent: bool = False, todo: Saying = "") -> None:
        super().__init__(str(said))
        self.kind = kind
        self.said = said
        self.text = str(said)  # in English
        self.silent = silent
        self.todo = todo
