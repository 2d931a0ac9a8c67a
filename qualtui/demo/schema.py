"""The agent's database: six tables, three roles, in the requested variant."""

import secrets
from enum import StrEnum

import asyncpg

from qualtui.demo.cluster import Cluster
from qualtui.demo.sqlfile import demo_sql

DATABASE = "agente"


class Variant(StrEnum):
    """What is deployed: a database that lets the bot work, what the bot's own schema.sql really yields (original),
    the latter with its triggers repaired, or with its estado CHECK dropped."""

    WORKING = "working"
    ORIGINAL = "original"
    TRIGGERS = "triggers"
    RELAXED = "relaxed"

    @property
    def progresses(self) -> bool:
        """Whether the database takes the estados that the bot writes."""
        return self in {Variant.WORKING, Variant.RELAXED}

    @property
    def clean(self) -> bool:
        """Whether nothing is left for the doctor to warn of."""
        return self is Variant.WORKING


async def ensure_schema(cluster: Cluster, variant: Variant) -> dict[str, str]:
    """Makes database, tables and roles where they are missing; gives each role's new password."""
    admin = await asyncpg.connect(cluster.dsn("postgres"))
    try:
        if not await admin.fetchval("select exists(select from pg_database where datname = $1)", DATABASE):
            await admin.execute(f"create database {DATABASE}")
    finally:
        await admin.close()
    connection = await asyncpg.connect(cluster.dsn(DATABASE))
    try:
        if not await connection.fetchval(demo_sql("schema/exists")):
            scripts = ["tables", "indexes", "functions"]
            if variant is not Variant.ORIGINAL:
                scripts.append(variant.value)
            for script in scripts:
                await connection.execute(demo_sql(f"schema/{script}"))
        await connection.execute(demo_sql("schema/roles"))
        await connection.execute(demo_sql("schema/rights" if variant.clean else "schema/rights_broad"))
        passwords = {role: secrets.token_hex(8) for role in ("qualtui_ro", "qualtui_rw", "agent_app")}
        for role, password in passwords.items():
            statement = await connection.fetchval(demo_sql("schema/password_statement"), role, password)
            await connection.execute(statement)
    finally:
        await connection.close()
    return passwords
