"""Series of the host that the bot runs on."""

from qualtui.series.declaration import Series

SERIES = (
    Series("host.suspended", "", "up", "host", "1: the service is suspended, the note says why"),
    Series("host.cpu", "%", "up", "host", "S4: of its limit, the worst instance"),
    Series("host.memory", "%", "up", "host", "S5: of its limit, the worst instance"),
    Series(
        "host.leak",
        "",
        "up",
        "host.memory",
        "S31: memory grows steadily and reaches its limit, 1: within a day, 2: within 30 min; the note says when",
        usual=0,
    ),
    Series(
        "host.leak_rate",
        "%",
        "up",
        "host.memory",
        "percentage points an hour by which memory grows steadily",
        usual=0,
    ),
    Series("host.instances", "", "", "host", "running copies of the bot; more than one breaks it"),
    Series("host.age", "s", "", "host", "since the youngest instance was started"),
    Series("host.failing", "", "up", "host", "1: an instance failed, and none has answered since"),
    Series("host.failures_1h", "", "up", "host", "instances that failed in the last hour, the note is the newest"),
    Series("host.out_of_memory_1h", "", "up", "host", "instances killed for want of memory in the last hour"),
    Series("host.restarts_1h", "", "up", "host", "restarts of the last hour, wanted or not"),
    Series(
        "host.http_errors",
        "%",
        "up",
        "host",
        "S11: 5xx among 2xx and 5xx of the webhook in 10 min, harmless events among them",
    ),
    Series(
        "host.requests",
        "",
        "",
        "host",
        "requests of the webhook in 10 min, by status code in the note; events that are no messages among them",
    ),
    Series(
        "host.latency",
        "s",
        "up",
        "host",
        "95th percentile of the webhook's answers by the host; 5 to 24 s are ordinary: the bot replies within",
    ),
    Series("host.deploys", "", "", "host", "deploys of the last day"),
    Series("host.deploy_age", "s", "", "host", "since the deploy that is live went live; the note is its commit"),
    Series(
        "host.deploy_harm",
        "%",
        "up",
        "host",
        "points by which host.http_errors rose with a deploy of the last hour; 0 below 5 answers since",
    ),
    Series("host.deploy_failed", "", "up", "host", "1: the newest deploy failed, an older one is live"),
)
