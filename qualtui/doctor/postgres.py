"""The database, with both roles: one read-only snapshot each."""

import msgspec

from qualtui.config.values import DatabaseSettings, Mapping
from qualtui.database import Database, DatabaseError, DatabaseReader, Kind, sql
from qualtui.doctor import hidden, indexes, link, pooling, rights, schema, server, untimed
from qualtui.doctor.http_request import Time
from qualtui.doctor.needs import needs
from qualtui.doctor.report import Clock, Contact, Reach, Report
from qualtui.model.findings import Finding, skipped
from qualtui.text.message import message

_REACH = {Kind.TIMEOUT: Reach.SILENT, Kind.UNREACHABLE: Reach.UNASKED, Kind.CONFIG: Reach.UNASKED}


async def check_database(settings: DatabaseSettings, mapping: Mapping, time: Time) -> Report:
    """All findings on the database. At most three connections, one after the other except the pooler's two."""
    way = link.link_of(settings.dsn)
    tls = link.route_findings(way, await link.offers_tls(way, float(settings.timeout)))
    found: list[Finding] = []
    clocks: tuple[Clock, ...] = ()
    reach, role = Reach.ANSWERED, ""
    database = Database(settings.dsn, pooler=True, connect_timeout=float(settings.timeout))
    async with database:
        try:
            async with database.read(float(settings.slow_timeout)) as reader:
                ours = time() - reader.travel / 2
                clocks = (Clock(message("the database"), reader.now - ours, reader.travel / 2),)
                facts = (await reader.ask("server", sql("qualtui.doctor", "server", mapping)))[0]
                role = facts["role"]
                found += [server.server_reach_finding(facts, reader.travel), tls]
                found += [server.room_finding(facts), server.limits_finding(facts, settings)]
                found += await _reading(reader, role, facts["super"], mapping)
        except DatabaseError as error:
            reach = _REACH.get(error.kind, Reach.ANSWERED)
            found.append(server.unreachable("database.reach", message("database"), error))
    if role:
        pooled = await pooling.shared(settings)
        found.insert(2, pooling.pooling_findings(pooled, way.port, said=settings.pooler))
        found += await _writing(settings, mapping)
    return Report(tuple(found), clocks, (Contact(message("the database"), reach, way.near),))


async def _reading(reader: DatabaseReader, role: str, superuser: bool, mapping: Mapping) -> list[Finding]:
    async def needed() -> tuple[Finding, ...]:
        wanted = needs(writes=False)
        what = message("reading role's rights")
        return (
            rights.enough("database.rights", what, role, await rights.rights(reader, wanted, mapping), mapping),
        )

    async def harmless() -> tuple[Finding, ...]:
        found = await rights.powers(reader, mapping)
        return (rights.reads_only(role, found, superuser=superuser, mapping=mapping),)

    async def personal() -> tuple[Finding, ...]:
        found = await rights.rights(reader, rights.PERSONAL, mapping)
        return () if superuser else (rights.private(role, found, mapping),)

    async def rows() -> tuple[Finding, ...]:
        return (hidden.hidden_findings(await hidden.guarded_tables(reader, mapping), role, mapping),)

    async def times() -> tuple[Finding, ...]:
        return (await untimed.examined(reader, mapping),)

    async def faults() -> tuple[Finding, ...]:
        columns = await schema.columns(reader, mapping)
        if not columns:
            return (
                skipped(
                    "schema.checks", message("bot's schema"), message("its tables are not visible to this role")
                ),
            )
        present = {name for name, _column in columns}
        triggers = schema.trigger_findings(await schema.triggers(reader, mapping), present, mapping)
        return (
            *schema.check_findings(columns, mapping),
            *triggers,
            indexes.index_findings(await indexes.indexes(reader, mapping), mapping),
        )

    found: list[Finding] = []
    for check in (needed, harmless, personal, rows, times, faults):
        try:
            found += await check()
        except DatabaseError as error:
            if reader.lost:
                raise
            found.append(server.unreachable(f"database.{check.__name__}", message("database"), error))
    return found


async def _writing(settings: DatabaseSettings, mapping: Mapping) -> list[Finding]:
    """The writing role, checked in a separate read-only transaction."""
    check, what = "write.rights", message("writing role's rights")
    if settings.write_dsn is None:
        return [
            skipped(
                check, what, message("no write_dsn: fixes can't change the bot's rows"), message("docs/roles.sql")
            )
        ]
    wanted = needs(writes=True)
    try:
        async with (
            Database(settings.write_dsn, pooler=True, connect_timeout=float(settings.timeout)) as database,
            database.read(float(settings.slow_timeout)) as reader,
        ):
            facts = (await reader.ask("server", sql("qualtui.doctor", "server", mapping)))[0]
            role, superuser = facts["role"], facts["super"]
            found = [rights.enough(check, what, role, await rights.rights(reader, wanted, mapping), mapping)]
            powers = await rights.powers(reader, mapping)
            found.append(rights.writes_narrowly(role, powers, wanted, superuser=superuser, mapping=mapping))
            rows = hidden.hidden_findings(await hidden.guarded_tables(reader, mapping), role, mapping)
            found.append(msgspec.structs.replace(rows, check="write.rows", what=message("writing role's rows")))
            found += [one for one in (server.primary_finding(facts),) if one is not None]
            return found
    except DatabaseError as error:
        return [server.unreachable(check, what, error)]
