"""Series of our own backups: of the first agent, as one engine has one backup."""

from qualtui.series.declaration import Series

SERIES = (
    Series("backup.age", "s", "up", "the backups", "since the newest archive with a valid manifest was taken"),
    Series("backup.overdue", "s", "up", "the backups", "since a backup was due that is not there; 0: none is"),
    Series(
        "backup.failures",
        "",
        "up",
        "our own log",
        "tries in a row that failed; the note says why",
    ),
    Series("backup.unverified", "s", "up", "our own log", "since the newest archive was taken that was verified"),
)
