"""The registry of series: each family is a file of this folder and a line here."""

from qualtui.series import (
    backup,
    customers,
    database,
    failures,
    gateway,
    goals,
    health,
    host,
    leads,
    literal,
    logs,
    metrics,
    network,
    replies,
    sessions,
    sight,
)
from qualtui.series.declaration import Series

OWN = "user."  # what the names of a user's own series begin with

DECLARED: tuple[Series, ...] = (
    *health.SERIES,
    *database.SERIES,
    *customers.SERIES,
    *replies.SERIES,
    *failures.SERIES,
    *leads.SERIES,
    *sessions.SERIES,
    *metrics.SERIES,
    *goals.SERIES,
    *literal.SERIES,
    *gateway.SERIES,
    *network.SERIES,
    *host.SERIES,
    *logs.SERIES,
    *sight.SERIES,
    *backup.SERIES,
)

BY_NAME: dict[str, Series] = {series.name: series for series in DECLARED}
