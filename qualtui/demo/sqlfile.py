"""The demo's SQL, read from its files once."""

from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"


@lru_cache(maxsize=64)
def demo_sql(name: str) -> str:
    """The text of `name`, e.g. agent/find_lead."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
