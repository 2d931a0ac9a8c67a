"""Series of the bot's health checks: GET /health and GET /health/deep."""

from qualtui.series.declaration import Series

SERIES = (
    Series(
        "health.up",
        "",
        "down",
        "GET /health",
        "1: an answer of 200; 0: refused, an error status, no answer in time, or services that it calls broken",
    ),
    Series("health.refused", "", "up", "GET /health", "1: the connection was refused: no process listens"),
    Series("health.silent", "", "up", "GET /health", "1: no answer in time; busy bots are silent"),
    Series("health.database", "", "down", "GET /health", "1: where it names its database: well; 0: broken"),
    Series("health.gateway", "", "down", "GET /health", "1: where it names the gateway: well; 0: broken"),
    Series("health.seconds", "s", "up", "GET /health", "time to the whole answer"),
    Series(
        "health.down",
        "",
        "up",
        "derived",
        "1: refused, or misses over the configured time without a new row of the bot, received or sent",
    ),
    Series("health.back", "s", "", "derived", "how long ago the bot came back from being down, within an hour"),
    Series("health.away", "s", "", "derived", "how long it had been away then, by its last good answer before"),
    Series(
        "health.stuck_sending",
        "s",
        "up",
        "derived",
        "how long no send of the bot has ended, although it stores messages and the session is WORKING; 0: over",
    ),
    Series("deep.up", "", "down", "GET /health/deep", "S21: 1: the agent calls all of its services well"),
    Series(
        "deep.broken",
        "",
        "up",
        "GET /health/deep",
        "how many services are not well, 1 where only the whole is not; the note names them",
    ),
    Series("deep.silent", "", "up", "GET /health/deep", "1: no answer in time; busy bots are silent"),
    Series("deep.database", "", "down", "GET /health/deep", "1: the agent calls its database well; 0: broken"),
    Series("deep.gateway", "", "down", "GET /health/deep", "1: the agent calls the gateway well; 0: broken"),
)
