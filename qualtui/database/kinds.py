"""The one error family of the database."""

from enum import StrEnum


class Kind(StrEnum):
    """What went wrong. UNREACHABLE and CONFIG mean that the database was never asked."""

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
    """The database's answer was no, or none; the one-line text has no DSN, no detail and no row.

    `silent`: nothing came back at all; a time limit that the server itself tells of is an answer.
    `todo`: the next step, where this refusal has one of its own.
    """

    def __init__(self, kind: Kind, text: str, *, silent: bool = False, todo: str = "") -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.silent = silent
        self.todo = todo
