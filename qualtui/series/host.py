"""Series of the host that the bot runs on."""

from qualtui.series.declaration import Series

SERIES = (
    Series("host.cpu", "%", "up", "host", "S4: of the agent's instance"),
    Series("host.memory", "%", "up", "host", "S5: of the agent's instance"),
    Series("host.http_errors", "%", "up", "host", "S11: error answers of the webhook among its message events"),
    Series("host.deploys", "", "", "host", "deploys of the last day"),
)
