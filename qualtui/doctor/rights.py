"""What a role may do with the bot's tables: enough for the shipped statements, and no more."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from qualtui.config.values import Mapping
from qualtui.database import DatabaseReader, sql
from qualtui.doctor.needs import Need, needs, quoted, real_column, tables, wanted
from qualtui.model.findings import Finding, failed, ok, warning
from qualtui.text import clean
from qualtui.text.message import Saying, message

# Texts of people, which no statement of qualtui reads.
PERSONAL = (
    Need("leads", "nome", "SELECT"),
    Need("leads", "email", "SELECT"),
    Need("messages", "conteudo", "SELECT"),
    Need("sessions", "contexto", "SELECT"),
    Need("qualificacoes", "observacoes", "SELECT"),
    Need("system_logs", "detalhes", "SELECT"),
)


class Right(msgspec.Struct, frozen=True):
    """A right, and whether the role has it; `there`: the column exists."""

    need: Need
    table_there: bool
    there: bool
    granted: bool


class Power(msgspec.Struct, frozen=True):
    """What a role may do to a table, by the bot's own name; `columns` where not the whole of it."""

    table: str
    privilege: str
    whole: bool
    columns: tuple[str, ...]


async def rights(reader: DatabaseReader, needed: Sequence[Need], mapping: Mapping) -> tuple[Right, ...]:
    """Which of these the reader's role has. Raises DatabaseError."""
    names = tables(mapping)
    given = [(names[need.table], real_column(need.table, need.column, mapping), need.privilege) for need in needed]
    rows = await reader.ask(
        "rights", sql("qualtui.doctor", "rights", mapping), *(list(part) for part in zip(*given, strict=True))
    )
    said = {(row["relation"], row["name"], row["privilege"]): row for row in rows}
    found = [(need, said[key]) for need, key in zip(needed, given, strict=True)]
    return tuple(Right(need, row["table_there"], row["there"], row["granted"]) for need, row in found)


async def powers(reader: DatabaseReader, mapping: Mapping) -> tuple[Power, ...]:
    """What the reader's role may change. Raises DatabaseError."""
    names = tables(mapping)
    own = {real: name for name, real in names.items()}
    rows = await reader.ask("powers", sql("qualtui.doctor", "writes", mapping), list(own))
    return tuple(
        Power(own[row["relation"]], row["privilege"], row["whole"], tuple(row["columns"]))
        for row in rows
        if row["whole"] or row["columns"]
    )


def enough(check: str, what: Saying, role: str, found: Sequence[Right], mapping: Mapping) -> Finding:
    """Whether the role has all of these."""
    names = tables(mapping)
    if gone := sorted({right.need.table for right in found if not right.table_there}):
        why = message("the role {role} finds no table {names}", names=", ".join(gone), role=clean(role))
        todo = message(
            "check the database's name, the role's search_path and USAGE, or [agents.NAME.mapping] names"
        )
        return failed(check, what, why, todo)
    if lost := [f"{right.need.table}.{right.need.column}" for right in found if not right.there]:
        why = message("no column {names}", names=", ".join(sorted(set(lost))))
        return failed(check, what, why, message("write its real name into [agents.NAME.mapping] names"))
    missing = [right.need for right in found if not right.granted]
    if not missing:
        return ok(check, what, message("the role {role} has all rights that qualtui needs", role=clean(role)))
    users = wanted(writes=check.startswith("write."))
    lame = sorted({user for need in missing for user in users.get(need, ())})
    names_ = ", ".join(lame[:3])
    if len(lame) > 3:
        why = message(
            "the role {role} lacks {rights}; these can't run: {statements} and {more} more",
            role=clean(role),
            rights=_listed(missing),
            statements=names_,
            more=len(lame) - 3,
        )
    else:
        why = message(
            "the role {role} lacks {rights}; these can't run: {statements}",
            role=clean(role),
            rights=_listed(missing),
            statements=names_,
        )
    grants = _statements("GRANT", "TO", role, missing, names, mapping)
    return failed(check, what, why, message("run its SQL as the tables' owner"), grants)


def reads_only(role: str, found: Sequence[Power], *, superuser: bool, mapping: Mapping) -> Finding:
    """Whether a role that should read cannot write: by its rights, nothing is tried."""
    check, what = "database.readonly", message("reading role can't write")
    if superuser:
        why = message("{role} is a superuser: only qualtui's own care prevents writes", role=clean(role))
        return warning(check, what, why, message("create the roles of docs/roles.sql and use qualtui_ro in dsn"))
    if not found:
        return ok(check, what, message("{role} has no right to change anything", role=clean(role)))
    why = message("{role} may {powers}", role=clean(role), powers=_powers(found))
    return warning(check, what, why, message("run its SQL"), _revokes(role, found, mapping))


def writes_narrowly(
    role: str, found: Sequence[Power], needed: Sequence[Need], *, superuser: bool, mapping: Mapping
) -> Finding:
    """Whether the writing role may change what the fixes change, and nothing else."""
    check, what = "database.narrow", message("writing role writes no more")
    if superuser:
        why = message("{role} is a superuser: a mistake could change anything", role=clean(role))
        todo = message("create the roles of docs/roles.sql and use qualtui_rw in write_dsn")
        return warning(check, what, why, todo)
    allowed = {(need.table, need.privilege, real_column(need.table, need.column, mapping)) for need in needed}
    allowed |= {("sessions", "UPDATE", real_column("sessions", "updated_at", mapping))}  # where triggers keep it
    excess = []
    for power in found:
        beyond = tuple(name for name in power.columns if (power.table, power.privilege, name) not in allowed)
        if power.whole or beyond:
            excess.append(Power(power.table, power.privilege, power.whole, beyond))
    if not excess:
        return ok(check, what, message("{role} may change nothing else", role=clean(role)))
    why = message("{role} may also {powers}", role=clean(role), powers=_powers(excess))
    again = _statements("GRANT", "TO", role, [need for need in needed if need.privilege != "SELECT"],
                        tables(mapping), mapping)  # fmt: skip
    return warning(check, what, why, message("run its SQL"), (*_revokes(role, excess, mapping), *again))


def private(role: str, found: Sequence[Right], mapping: Mapping) -> Finding:
    """Whether the role may read personal texts, which qualtui never reads."""
    check, what = "database.private", message("personal texts")
    open_ = sorted({right.need for right in found if right.granted} - set(needs(writes=False)))
    if not open_:
        return ok(check, what, message("{role} may not read names and messages", role=clean(role)))
    columns = ", ".join(f"{need.table}.{need.column}" for need in open_)
    why = message("{role} may read {columns}, but never needs to", role=clean(role), columns=columns)
    names = tables(mapping)
    revokes = [
        f"REVOKE SELECT ON {names[name]} FROM {quoted(role)}"  # noqa: S608 - shown, never run
        for name in sorted({n.table for n in open_})
    ]
    again = _statements("GRANT", "TO", role, needs(writes=False), names, mapping)
    return warning(check, what, why, message("run its SQL"), (*revokes, *again))


def _listed(missing: Sequence[Need]) -> str:
    listed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for need in missing:
        listed[need.privilege, need.table].append(need.column)
    return "; ".join(f"{privilege} on {name} ({', '.join(cols)})" for (privilege, name), cols in listed.items())


def _powers(found: Sequence[Power]) -> str:
    return ", ".join(
        f"{power.privilege} {power.table}" + ("" if power.whole else f" ({', '.join(power.columns)})")
        for power in found
    )


def _statements(
    verb: str, to: str, role: str, needed: Sequence[Need], names: dict[str, str], mapping: Mapping
) -> tuple[str, ...]:
    columns: dict[tuple[str, str], list[str]] = defaultdict(list)
    for need in needed:
        columns[need.privilege, need.table].append(quoted(real_column(need.table, need.column, mapping)))
    return tuple(
        f"{verb} {privilege} ({', '.join(cols)}) ON {names[name]} {to} {quoted(role)}"
        for (privilege, name), cols in columns.items()
    )


def _revokes(role: str, found: Sequence[Power], mapping: Mapping) -> tuple[str, ...]:
    names = tables(mapping)
    said = []
    for power in found:
        part = "" if power.whole else f" ({', '.join(map(quoted, power.columns))})"
        said.append(f"REVOKE {power.privilege}{part} ON {names[power.table]} FROM {quoted(role)}")
    return tuple(said)
