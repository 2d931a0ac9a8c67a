"""Statements name what is there: mapped and quoted."""

from pathlib import Path

import pytest

from qualtui.config.values import Mapping
from qualtui.database import DatabaseError, sql


def test_names_are_mapped_and_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "mappedpack"
    (package / "sql").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "sql" / "q.sql").write_text("SELECT {{messages.tipo}} FROM {{messages}}")
    monkeypatch.syspath_prepend(tmp_path)
    assert sql("mappedpack", "q", Mapping()) == 'SELECT "tipo" FROM "messages"'
    mapped = Mapping(names={"messages": "bot.mensagens", "messages.tipo": 'a"; DROP TABLE x --'})
    assert sql("mappedpack", "q", mapped) == 'SELECT "a""; DROP TABLE x --" FROM "bot"."mensagens"'
    for bad in ("", "a\x00b", "x" * 64, "a.b.c"):
        with pytest.raises(DatabaseError):
            sql("mappedpack", "q", Mapping(names={"messages": bad}))
