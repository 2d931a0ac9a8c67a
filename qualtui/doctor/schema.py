"""The bot's schema and its known faults: writes that the database refuses, each with the SQL that mends it.

What the bot writes against what the CHECKs take was found by running it on its own schema.
"""

import re
from collections.abc import Container, Sequence
from collections.abc import Mapping as Map

import msgspec

from qualtui.config.values import Mapping
from qualtui.database import DatabaseReader, sql
from qualtui.doctor.needs import quoted, real_column, tables
from qualtui.model.findings import Finding, ok, warning
from qualtui.text import _, clean

_VALUE = re.compile(r"'((?:[^']|'')*)'::")


class SchemaFault(msgspec.Struct, frozen=True):
    """Values that the bot writes into a column, and what happens where a CHECK refuses them."""

    table: str
    column: str
    values: tuple[str, ...]
    effect: str


class Column(msgspec.Struct, frozen=True):
    """A column as it stands: its type, and its CHECKs by name."""

    type: str
    checks: Map[str, str]


class Trigger(msgspec.Struct, frozen=True):
    """A trigger of a table, by the bot's own name of it."""

    table: str
    name: str
    function: str
    before_update: bool


FAULTS = (
    SchemaFault(
        "sessions",
        "estado",
        (
            *("perguntar_patrimonio", "perguntar_onde_investe", "perguntar_qualidade_suporte"),
            *("perguntar_objetivo", "perguntar_prazo", "oferecer_reuniao", "agendamento"),
            "finalizado_nao_interessado",
        ),
        _("the bot's progress is lost: it asks the same question for ever"),
    ),
    SchemaFault(
        "leads",
        "canal",
        ("planilha", "instagram", "linkedin", "site", "indicacao", "default"),
        _("leads from the sheet are never created"),
    ),
    SchemaFault("leads", "status", ("nao_interessado",), _("who is not interested keeps the old status")),
    SchemaFault("reunioes", "status", ("agendado",), _("no meeting is ever recorded")),
    SchemaFault(
        "qualificacoes",
        "resultado",
        ("reuniao_agendada", "nao_interessado"),
        _("the result of a qualification stays the old one"),
    ),
)
_DATED = ("leads", "sessions", "reunioes")  # the bot never sets updated_at itself
_LONG = ("system_logs", "evento")


async def columns(reader: DatabaseReader, mapping: Mapping) -> dict[tuple[str, str], Column]:
    """The columns that the faults speak of, as they stand. Raises DatabaseError."""
    names = tables(mapping)
    keys = [*((fault.table, fault.column) for fault in FAULTS), _LONG]
    given = [(names[name], real_column(name, column, mapping)) for name, column in keys]
    rows = await reader.ask(
        "checks", sql("qualtui.doctor", "checks", mapping), *(list(part) for part in zip(*given, strict=True))
    )
    found: dict[tuple[str, str], Column] = {}
    for key, (relation, column) in zip(keys, given, strict=True):
        mine = [row for row in rows if (row["relation"], row["name"]) == (relation, column)]
        if mine:
            checks = {row["constraint"]: row["definition"] for row in mine if row["constraint"]}
            found[key] = Column(mine[0]["type"], checks)
    return found


async def triggers(reader: DatabaseReader, mapping: Mapping) -> tuple[Trigger, ...]:
    """The triggers of the bot's tables. Raises DatabaseError."""
    own = {real: name for name, real in tables(mapping).items()}
    rows = await reader.ask("triggers", sql("qualtui.doctor", "triggers", mapping), list(own))
    return tuple(Trigger(own[row["relation"]], row["name"], row["function"], row["before_update"]) for row in rows)


def check_findings(found: Map[tuple[str, str], Column], mapping: Mapping) -> tuple[Finding, ...]:
    """One line for each column that refuses what the bot writes; one line of ok where none does."""
    told = []
    for fault in FAULTS:
        column = found.get((fault.table, fault.column))
        for name, definition in () if column is None else column.checks.items():
            taken = values_of(definition)
            refused = [value for value in fault.values if value not in taken]
            if taken and refused:
                told.append(_refusal(fault, refused, _widened(fault, name, taken, mapping)))
    column = found.get(_LONG)
    length = re.search(r"\((\d+)\)", column.type) if column is not None else None
    if length is not None:
        why = _("system_logs.evento takes {} characters: the bot's errors are longer and are never stored")
        place, name = tables(mapping)[_LONG[0]], quoted(real_column(*_LONG, mapping))
        statement = f"ALTER TABLE {place} ALTER COLUMN {name} TYPE text"
        told.append(_fault("schema.evento", why.format(length[1]), (statement,)))
    return tuple(told) or (ok("schema.checks", _("bot's schema"), _("takes all that the bot writes")),)


def trigger_findings(found: Sequence[Trigger], present: Container[str], mapping: Mapping) -> tuple[Finding, ...]:
    """What the triggers do that are there, and what is wrong where they are not. `present`: tables that are."""
    names = tables(mapping)
    told = []
    dated = {trigger.table for trigger in found if trigger.before_update}
    missing = [name for name in _DATED if name in present and name not in dated]
    if missing:
        why = _("updated_at of {} never moves: by the row every session is stuck after 30 min").format(
            ", ".join(missing)
        )
        todo = _("go by the truth, which needs no trigger; the SQL below keeps it from now on")
        told.append(warning("schema.triggers", _("bot's schema"), why, todo, _dating(missing, names, mapping)))
    for trigger in found:
        if trigger.function == "sync_lead_score":
            why = _("{} turns each qualified lead into nao_qualificado").format(clean(trigger.name))
            statement = f"DROP TRIGGER {quoted(trigger.name)} ON {names[trigger.table]}"
            told.append(_fault("schema.score", why, (statement,)))
    return tuple(told) or (ok("schema.triggers", _("bot's triggers"), _("keep updated_at, harm nothing")),)


def values_of(definition: str) -> tuple[str, ...]:
    """The values that a CHECK lists; none where it is no list."""
    return tuple(value.replace("''", "'") for value in _VALUE.findall(definition))


def _refusal(fault: SchemaFault, refused: Sequence[str], statements: tuple[str, ...]) -> Finding:
    more = _(" and {} more").format(len(refused) - 1) if len(refused) > 1 else ""
    why = _("{}.{} refuses {}{}: {}").format(fault.table, fault.column, refused[0], more, fault.effect)
    return _fault(f"schema.{fault.table}.{fault.column}", why, statements)


def _fault(check: str, why: str, statements: tuple[str, ...]) -> Finding:
    return warning(check, _("bot's schema"), why, _("run the SQL below as the tables' owner"), statements)


def _widened(fault: SchemaFault, name: str, taken: Sequence[str], mapping: Mapping) -> tuple[str, ...]:
    """Takes the new values beside the old, in one short lock; the rows that are there fitted the old list."""
    place = tables(mapping)[fault.table]
    column = quoted(real_column(fault.table, fault.column, mapping))
    values = ", ".join(_text(value) for value in dict.fromkeys((*taken, *fault.values)))
    again = f"ADD CONSTRAINT {quoted(name)} CHECK ({column} IN ({values})) NOT VALID"
    return (
        f"ALTER TABLE {place} DROP CONSTRAINT {quoted(name)}, {again}",
        f"ALTER TABLE {place} VALIDATE CONSTRAINT {quoted(name)}",
    )


def _dating(missing: Sequence[str], names: Map[str, str], mapping: Mapping) -> tuple[str, ...]:
    columns_ = {real_column(name, "updated_at", mapping) for name in missing}
    made = []
    for column in sorted(columns_):
        function = quoted(f"set_{column}")
        made.append(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN NEW.{quoted(column)} = now(); RETURN NEW; END $$"
        )
    for name in missing:
        function = quoted(f"set_{real_column(name, 'updated_at', mapping)}")
        made.append(
            f'CREATE TRIGGER "update_{name}_updated_at" BEFORE UPDATE ON {names[name]} '
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    return tuple(made)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
