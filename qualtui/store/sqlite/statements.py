"""The SQL of the store: one statement a file, named after what it asks."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"


@cache
def statement(name: str) -> str:
    """The statement in sql/NAME.sql."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def migration(version: int) -> tuple[str, ...]:
    """The statements in sql/vN/, in the order of their names: they make version N out of N - 1."""
    return tuple(file.read_text(encoding="utf-8") for file in sorted((_FOLDER / f"v{version}").glob("*.sql")))
