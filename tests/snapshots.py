"""Invented snapshots: what a window is shown in tests and in pictures. Names, numbers and phones are made up."""

from math import inf, nan

import msgspec

from qualtui.config.values import Goals
from qualtui.diagnosis.goals import targets
from qualtui.model import Evidence, Link, Phase, Severity
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.series.catalogue import BY_NAME
from qualtui.series.timeline import grid
from qualtui.widgets.marks import MARKED
from qualtui.wire import (
    SUMMARY_SERIES,
    ActivityView,
    AgentDetail,
    AgentSummary,
    ChannelView,
    CustomerView,
    EngineView,
    Figure,
    Findings,
    History,
    IncidentAlert,
    IncidentView,
    Limit,
    LinkView,
    NextCall,
    Notices,
    NoticeView,
    NowState,
    NowView,
    OutboxChannel,
    PagedView,
    Preview,
    PreviewItem,
    RunningView,
    ScheduledView,
    SeriesHistory,
    ShowHistory,
    Snapshot,
)

AT = 1_795_500_732.0  # 03:12:12 in São Paulo
ZONE = "America/Sao_Paulo"
FRESH = Evidence.FRESH
GOALS = targets(Goals())

HOSTILE = (
    "[/x] [red]not red[/] [@click=app.bell]x[/]",
    "\x1b[31mred\x1b[0m\x1b]52;c;AAAA\x07 \x9b5n",
    "全角の文字列が続く 漢字漢字漢字漢字",
    "👩‍👩‍👧‍👦 ❤️ 🏳️‍🌈 é̂̃́",
    "שלום עולם مرحبا \u202egnirts",
    "x" * 10_000,
    "\ud800 \x00 \r\n\t line\u2028next",
    "",
)


def engine(**changes: object) -> EngineView:
    """An engine that runs for an hour, two windows looking."""
    view = EngineView(
        pid=4711, host="watch-1", version="0.1.0", epoch=3, started_at=AT - 3600, windows=2, notices_owed=0
    )
    return msgspec.structs.replace(view, **changes)


def figure(name: str, value: float | None, *past: float | None, at: float = AT - 2, **changes: object) -> Figure:
    """A fresh figure of a declared series."""
    series = BY_NAME[name]
    goal = GOALS.get(name)
    told = Figure(name, value, series.unit, FRESH, at=at, past=tuple(past), source=series.source, goal=goal)
    return msgspec.structs.replace(told, **changes)


def wave(top: float, n: int = 60, gap: int | None = None) -> tuple[float | None, ...]:
    """A past that rises and falls between 0.4 and 1 of `top`, without chance."""
    values: list[float | None] = [top * (0.7 + 0.3 * ((k * 7 % 13) / 6 - 1)) for k in range(n)]
    if gap is not None:
        values[gap : gap + 4] = [None] * 4
    return tuple(values)


def calm_figures() -> dict[str, Figure]:
    """A quiet night: everyone answered, a backlog of nine."""
    figures = [
        figure("customers.waiting", 0, *([0.0] * 40), 1, 1, 0, 0, 1, 0, 0, 0, 0, 0),
        figure("customers.oldest", 0),
        figure("customers.lost", 0, *([0.0] * 60)),
        figure("customers.backlog", 9),
        figure("customers.phantom", 0),
        figure("customers.unstored", 0),
        figure("customers.answered_1h", 35, *wave(38, gap=20)),
        figure("customers.last_reply", 118.0),
        figure("customers.last_inbound", 131.0),
        figure("reply.p50", 14.2, *wave(15)),
        figure("reply.p95", 24.0, *wave(26, gap=33)),
        figure("reply.follow_p95", 23.0, *wave(26, gap=33)),
        figure("reply.first_p95", 38.0, *wave(40, gap=33)),
        figure("customers.never_greeted", 0),
        figure("failures.rate", 0, note="0 of 6"),
        figure("failures.unanswered", 0, *([0.0] * 60)),
        figure("failures.messages", 6),
        figure("failures.consecutive", 0, *([0.0] * 60)),
        figure("failures.sends", 0, *([0.0] * 60)),
        figure("failures.timeouts", 0, *([0.0] * 60)),
        figure("failures.logged", 0, at=AT - 340, note="none written; the agent seldom writes any"),
        figure("failures.known_texts", None, evidence=Evidence.NO_SOURCE),
        figure("goal.up", 99.93, note="43170 of 43200 minutes"),
        figure("goal.minutes_good", 43170),
        figure("goal.minutes_known", 43200),
        figure("goal.minutes_unknown", 0),
        figure("goal.up_left", 186.0),
        figure("goal.up_lasts", 2_592_000.0),
        figure("goal.answered", 99.2),
        figure("goal.messages_answered", 489),
        figure("goal.messages", 493),
        figure("agent.failed_1h", 0, at=AT - 100),
        figure("agent.success", 100, at=AT - 100),
        figure("sessions.same_question", 1, at=AT - 340),
        figure("leads.conversion", 31.0, at=AT - 340),
        figure("leads.qualified", 62, at=AT - 340),
        figure("leads.assessed", 200, at=AT - 340),
        figure("sessions.bot_owes", 0, *([0.0] * 30), 1, 2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0),
        figure("sessions.active", 57, at=AT - 340),
        figure("sessions.waiting_client", 54, at=AT - 340),
        figure("sessions.never_messaged", 3, at=AT - 340),
        figure("row.leads_unprocessed", 412, at=AT - 340),
        figure("row.sessions_stuck", 51, at=AT - 340),
        figure("row.leads_processed", 0, at=AT - 340),
        figure("row.reply_mean", 12.4, at=AT - 340),
        figure("row.error_rate", None, evidence=Evidence.NO_DATA, at=AT - 21),
        figure("failures.unreached", 1, at=AT - 21, note="no answer in 30s 1"),
        figure("row.asked", 10, at=AT - 21),
        figure("row.consecutive_errors", 0, at=AT - 21),
        figure("row.timeouts", 1, at=AT - 21),
        figure("row.availability", 96.4, at=AT - 140),
        figure("goal.minute", 1, at=AT - 40),
        figure("host.http_errors", None, evidence=Evidence.NO_SOURCE),
        figure("deep.up", None, evidence=Evidence.NO_SOURCE),
        figure("deep.broken", None, evidence=Evidence.NO_SOURCE),
        figure("health.up", 1, at=AT - 21),
        figure("health.down", 0),
        figure("health.seconds", 0.182, *wave(0.3, gap=44), at=AT - 21),
        figure("db.up", 1),
        figure("db.seconds", 0.004, *wave(0.006)),
        figure("gateway.up", 1),
        figure("gateway.working", 1, note="WORKING"),
        figure("gateway.seconds", 0.031, *wave(0.04)),
    ]
    return {told.name: told for told in figures}


def link(where: Link, status: str, text: str, evidence: Evidence = FRESH, since: float | None = None) -> LinkView:
    """A link of the chain."""
    return LinkView(where, status, text, evidence, since)


def calm_chain() -> tuple[LinkView, ...]:
    """All well; the host has no source yet."""
    return (
        link(Link.US, "ok", ""),
        link(Link.HOST, "no_source", "", Evidence.NO_SOURCE),
        link(Link.WEBHOOK, "ok", "inbound 2m ago"),
        link(Link.BOT, "ok", "182ms"),
        link(Link.DATABASE, "ok", "4ms"),
        link(Link.GATEWAY, "ok", "WORKING"),
        link(Link.CUSTOMER, "ok", "35/h"),
    )


def summary(agent: AgentDetail) -> AgentSummary:
    """What the overview says of an agent."""
    figures = [one for name, one in agent.figures.items() if name in SUMMARY_SERIES]
    values = {one.name: one.value for one in figures if one.value is not None}
    links = {view.link: view.status for view in agent.chain}
    return AgentSummary(agent.name, agent.now, links, values, agent.learning, agent.last_reply)


def showing(snapshot: Snapshot, *agents: AgentDetail, **changes: object) -> Snapshot:
    """A snapshot with these agents instead, all of them in full."""
    return msgspec.structs.replace(snapshot, agents=tuple(map(summary, agents)), details=agents, **changes)


def calm() -> Snapshot:
    """Everyone answered; an incident of the evening is over."""
    told = NowView(None, True, "EVERYONE ANSWERED", detail="last reply 2m ago")
    agent = AgentDetail("ldc-bot", told, calm_chain(), calm_figures(), last_reply=AT - 118)
    activity = (
        ActivityView(AT - 18_000, "engine", "incident 41 resolved after 6m: the agent answers again", 41),
        ActivityView(AT - 18_020, "notice", "resolved: sent to team-chat", 41),
        ActivityView(AT - 18_300, "ana", "I've got it", 41),
        ActivityView(AT - 18_360, "notice", "CRITICAL: sent to team-chat", 41, Severity.CRITICAL),
        ActivityView(AT - 30_000, "engine", "started, version 0.1.0", 0),
    )
    return showing(Snapshot(AT, 120, engine(), (), (resolved(),), activity, zone=ZONE), agent)


def resolved() -> IncidentView:
    """An incident that is over."""
    return IncidentView(
        41, "ldc-bot", "agent-down", Severity.CRITICAL, Phase.RESOLVED, "the agent refuses connections",
        "Bot refused", AT - 18_370, AT - 18_360, AT - 18_000, "ana", "sent 2", "", "",
    )  # fmt: skip


def incident(number: int = 42, **changes: object) -> IncidentView:
    """Customers wait because the gateway is down; nobody has it."""
    told = IncidentView(
        number, "ldc-bot", "customers-waiting", Severity.CRITICAL, Phase.FIRING, "3 customers waiting for the bot",
        "WhatsApp session FAILED", AT - 300, AT - 290, None, "", "sent 1", "gateway-restart", "https://example.org/runbooks/gateway",
    )  # fmt: skip
    return msgspec.structs.replace(told, **changes)


def incident_alerts() -> tuple[IncidentAlert, ...]:
    """Two that fire and one that ended."""
    critical = Severity.CRITICAL
    return (
        IncidentAlert("gateway-not-working", critical, AT - 250, None, "WhatsApp session FAILED"),
        IncidentAlert("customers-waiting", critical, AT - 300, None, "3 customers waiting for the bot"),
        IncidentAlert("webhook-silent", ended_at=AT - 60),
    )


def incident_notices() -> tuple[NoticeView, ...]:
    """One that arrived, one that is tried again, one that was given up."""
    title = "CRITICAL #42 ldc-bot: 3 customers wait, the longest for 5m: WhatsApp session FAILED"
    refused = "the channel did not accept it: HTTP 503 Service Unavailable"
    return (
        NoticeView(
            "42/1/firing/0.0/team-chat", "team-chat", "firing", title, "delivered", 1, AT - 290, ended_at=AT - 288
        ),
        NoticeView(
            "42/1/firing/0.0/on-call", "on-call", "firing", title, "queued", 3, AT - 290, refused, 42, AT + 12
        ),
        NoticeView(
            "42/2/growth/0.0/mail", "mail", "growth", title, "failed", 9, AT - 100, refused, 42, 0, AT - 40
        ),
    )


def outbox() -> Notices:
    """One delivered, one tried again, one given up, one held back; two channels that fail."""
    delivered, again, failed = incident_notices()
    held = NoticeView("42/muted/3", "-", "repeat", "#42 ldc-bot: repeat", "muted", 0, AT - 50, "silenced", 42)
    refused = again.reason
    return Notices(
        (held, *(msgspec.structs.replace(one, number=42) for one in (failed, again, delivered))),
        (
            OutboxChannel("team-chat", AT - 288),
            OutboxChannel("on-call", 0.0, AT - 290, refused),
            OutboxChannel("mail", AT - 9000, AT - 100, refused),
        ),
    )


def trouble() -> Snapshot:
    """DESIGN's picture: the gateway failed, three customers wait, nobody has it."""
    worst = Severity.CRITICAL
    figures = calm_figures() | {
        told.name: told
        for told in (
            figure("customers.waiting", 3, *([0.0] * 40), 1, 1, 2, 2, 3, severity=worst),
            figure("customers.oldest", 312.0, *([0.0] * 40), 60, 120, 180, 240, 312),
            figure("customers.lost", 1, *([0.0] * 50), 1, 1, severity=Severity.WARNING),
            figure("customers.phantom", 2, *([0.0] * 40), 1, 2, 2),
            figure("sessions.bot_owes", 3, *([0.0] * 40), 1, 1, 2, 2, 3),
            figure("reply.p95", 38.0, *wave(26), 38, 38, 38),
            figure("reply.follow_p95", 38.0, *wave(26), 38, 38, 38),
            figure("failures.rate", 12.5, *([0.0] * 50), 4, 12.5, note="5 of 40", severity=Severity.WARNING),
            figure("failures.unanswered", 5, *([0.0] * 50), 2, 5),
            figure("failures.messages", 40),
            figure("failures.consecutive", 3, *([0.0] * 50), 1, 3),
            figure("failures.sends", 5, *([0.0] * 50), 2, 5),
            figure("goal.up_left", 41.0),
            figure("goal.up_lasts", 18_000.0),
            figure("goal.answered", 94.0),
            figure("agent.success", 100, at=AT - 100, evidence=Evidence.DISAGREE),
            figure("gateway.working", 0, note="FAILED", severity=worst),
            figure("customers.answered_1h", 35, *wave(38)[:-6], 20, 11, 3, 0, 0),
            figure("health.seconds", 9.2, *wave(0.3), 4, 9.2),
        )
    }
    chain = (
        link(Link.US, "ok", ""),
        link(Link.HOST, "no_source", "", Evidence.NO_SOURCE),
        link(Link.WEBHOOK, "unknown", "silent 4m", Evidence.OLD),
        link(Link.BOT, "busy", "busy 9s"),
        link(Link.DATABASE, "ok", "4ms"),
        link(Link.GATEWAY, "bad", "FAILED 4m", since=AT - 250),
        link(Link.CUSTOMER, "bad", "3 owed"),
    )
    now = NowView(
        worst, False, "3 CUSTOMERS WAITING FOR THE BOT", "oldest 5m",
        'WhatsApp session FAILED since 03:08; database says "sent"',
        ("WhatsApp FAILED (fresh)", "2 rows say sent"),
        "", "nothing", "gateway-restart",
        "Restart WAHA's session", 42,
    )  # fmt: skip
    agent = AgentDetail("ldc-bot", now, chain, figures, last_reply=AT - 240)
    incidents = (
        incident(paged=PagedView("Ana", AT - 130, "ntfy", "delivered"), call=NextCall(("Bruno",), AT + 652)),
        incident(
            43, rule="gateway-not-working", summary="WhatsApp session FAILED", cause="",
            since=AT - 250, owner="ana", fix="",
        ),
        incident(
            44, rule="lost", severity=Severity.WARNING, summary="1 lead lost: waited more than 24h", cause="",
            since=AT - 4000, notices="", fix="",
        ),
        resolved(),
    )  # fmt: skip
    activity = (
        ActivityView(AT - 240, "notice", "CRITICAL: sent to team-chat", 42, worst),
        ActivityView(AT - 245, "notice", "CRITICAL: on-call refused it (503), again in 30s", 42, Severity.WARNING),
        ActivityView(AT - 248, "ana", "I've got it", 43),
        ActivityView(AT - 250, "engine", "incident 43: WhatsApp session FAILED", 43, worst),
        ActivityView(AT - 290, "engine", "incident 42: 3 customers waiting for the bot", 42, worst),
        *calm().activity,
    )
    shot = Snapshot(AT, 128, engine(), (), incidents, activity, zone=ZONE, demo=True, speed=20)
    return showing(shot, agent)


def run(**changes: object) -> RunningView:
    """A retry that goes on, and may be stopped."""
    told = RunningView("1a2b3c4d", "retry", "ldc-bot", "ana", AT - 42, 7, stoppable=True)
    return msgspec.structs.replace(told, **changes)


def fixing() -> Snapshot:
    """The trouble, while somebody answers those who wait."""
    snapshot = trouble()
    now = msgspec.structs.replace(snapshot.agents[0].now, tried="retry: running (ana)")
    return msgspec.structs.replace(_agent(snapshot, now=now), running=(run(),))


def _agent(snapshot: Snapshot, **changes: object) -> Snapshot:
    first, *others = snapshot.details
    return showing(snapshot, msgspec.structs.replace(first, **changes), *others)


def no_data() -> Snapshot:
    """Nothing could be asked for three minutes."""
    figures = {
        name: msgspec.structs.replace(told, evidence=Evidence.NO_DATA if n % 2 else Evidence.OLD, at=AT - 190)
        for n, (name, told) in enumerate(calm_figures().items())
    }
    chain = tuple(
        msgspec.structs.replace(told, status="unknown", evidence=Evidence.NO_DATA, text="no data 3m")
        if told.status == "ok"
        else told
        for told in calm_chain()
    )
    told = NowView(None, False, "CANNOT TELL: no data for 3m", why="our own network answers nothing")
    return _agent(calm(), now=told, chain=chain, figures=figures)


def learning() -> Snapshot:
    """The first start: the backfill runs."""
    figures = {
        name: msgspec.structs.replace(told, value=None, evidence=Evidence.NO_DATA, past=(), at=None)
        for name, told in calm_figures().items()
        if not name.startswith(("health", "db", "gateway"))
    }
    told = NowView(None, False, "LEARNING")
    snapshot = _agent(calm(), now=told, figures=calm_figures() | figures, learning=0.42, last_reply=None)
    return msgspec.structs.replace(snapshot, incidents=(), activity=snapshot.activity[-1:])


def nobody() -> Snapshot:
    """An engine without an agent."""
    return showing(calm(), incidents=(), activity=())


def huge() -> Snapshot:
    """Numbers that no bot will ever have."""
    values = [1e18, -1e18, inf, -inf, nan, 123_456_789.0, 9_999.0, 0.0001, 86_400.0 * 99_999]
    figures = {
        name: msgspec.structs.replace(told, value=values[n % len(values)], past=tuple(values * 4))
        for n, (name, told) in enumerate(calm_figures().items())
    }
    many = tuple(incident(n, since=-1e18 if n % 2 else AT + 1e12) for n in range(10**9, 10**9 + 300))
    channels = tuple(ChannelView("x" * 40, -1e18, "y" * 400) for _n in range(50))
    busy = engine(
        windows=10**9, notices_failed=10**7, channels=channels, troubles=tuple(f"trouble {n}" for n in range(50))
    )
    snapshot = _agent(trouble(), figures=figures, last_reply=-1e300)
    return msgspec.structs.replace(snapshot, incidents=many, engine=busy, speed=1e9, at=AT)


def hostile(n: int = 0) -> Snapshot:
    """Every text comes from somebody who wants to break the screen."""

    def bad(k: int) -> str:
        return HOSTILE[(n + k) % len(HOSTILE)]

    now = NowView(
        Severity.CRITICAL, False, bad(0), bad(1), bad(2), (bad(3), bad(4)), bad(5), bad(6), bad(7), bad(0), 42
    )
    chain = tuple(msgspec.structs.replace(told, text=bad(k), status="bad") for k, told in enumerate(calm_chain()))
    figures = {
        name: msgspec.structs.replace(told, note=bad(k), unit=bad(k) if k % 5 == 0 else told.unit)
        for k, (name, told) in enumerate(trouble().details[0].figures.items())
    }
    incidents = tuple(
        incident(42 + k, summary=bad(k), cause=bad(k + 1), owner=bad(k + 2), notices=bad(k + 3), notes=(bad(k),))
        for k in range(8)
    )
    activity = tuple(ActivityView(AT - k, bad(k), bad(k + 1), 42, Severity.WARNING) for k in range(8))
    snapshot = trouble()
    agent = msgspec.structs.replace(
        snapshot.details[0], name=bad(1) or "bot", now=now, chain=chain, figures=figures
    )
    watcher = engine(troubles=(bad(0),), channels=(ChannelView(bad(1), AT - 240, bad(2)),))
    return showing(
        snapshot,
        agent,
        incidents=incidents,
        activity=activity,
        engine=watcher,
        zone=bad(3),
        running=tuple(run(fix=bad(k), agent=bad(k + 1), who=bad(k + 2), subjects=10**9) for k in range(3)),
    )


def preview(**changes: object) -> Preview:
    """What session-cleanup would do to three sessions."""
    told = Preview(
        "token-1", "session-cleanup", "ldc-bot", "Closes 3 sessions; their customers stay unanswered",
        ("Only sessions that are still active and past 30m when it writes.", "Nothing is sent to a customer."),
        (
            PreviewItem("1f0a", "session of +55 11 •••••-••01", "bot owes reply since 02:31", 2460),
            PreviewItem("22c7", "session of +55 11 •••••-••02", "bot owes reply since 02:35", 2220),
            PreviewItem("8e91", "session of +55 21 •••••-••07", "never messaged", 86000),
        ),
        3, warnings=("1 of these customers still waits: closing does not answer them.",),
    )  # fmt: skip
    return msgspec.structs.replace(told, **changes)


def restarting() -> Preview:
    """What gateway-restart would do to a session that FAILED."""
    return Preview(
        "token-2", "gateway-restart", "ldc-bot", "Restarts the WhatsApp session default",
        ("Stops and starts the session; the login stays. It sends no answers by itself.",
         "Success: the session is WORKING within 1m."),
        (PreviewItem("default", "WAHA", "FAILED", 0.0),),
        1,
    )  # fmt: skip


def people() -> tuple[CustomerView, ...]:
    """The three who wait."""
    return (
        CustomerView("1f0a", "+55 11 •••••-••01", AT - 312, "no stored answer"),
        CustomerView("22c7", "+55 11 •••••-••02", AT - 250, "no stored answer"),
        CustomerView("8e91", "+55 21 •••••-••07", AT - 190, "row says sent, the gateway was down"),
    )


def examined(**changes: object) -> Findings:
    """What the doctor finds on a bad day: two failures, two warnings, with SQL that mends one."""
    index = 'CREATE INDEX CONCURRENTLY "messages_owed" ON public."messages" (session_id, created_at DESC)'
    found: tuple[tuple[str, Finding], ...] = (
        ("", ok("config.sources", "configuration", "valid; agents: ldc-bot; 14 rules")),
        ("", ok("notify.routes", "who is told", "of critical: on-call, team-chat")),
        ("", ok("store.disk", "store's folder", "41.2 GB free, can be written")),
        ("ldc-bot", ok("agent.health", "bot's /health", "healthy in 182 ms")),
        ("ldc-bot", warning(
            "agent.leak", "bot's /metrics/detailed", "answers 200 without a key: it holds customers' phones",
            "have the bot ask for a key there, or close the path in front of it",
        )),
        ("ldc-bot", ok("database.reach", "database", "PostgreSQL 15.8, answers in 4 ms")),
        ("ldc-bot", failed(
            "database.rights", "rights to read", "system_logs may not be read: no word of failures there",
            "run the SQL as the owner of the bot's tables",
            ["GRANT SELECT ON public.system_logs TO qualtui_ro"],
        )),
        ("ldc-bot", warning(
            "database.indexes", "indexes", "messages has none for (session_id, created_at): questions take long",
            "create it; CONCURRENTLY locks nobody out", [index, "ANALYZE public.messages"],
        )),
        ("ldc-bot", ok("gateway.reach", "gateway", "lets us in, answers in 31 ms")),
        ("ldc-bot", failed(
            "gateway.session", "gateway's session", "SCAN_QR_CODE",
            "somebody with the phone must log in again: no restart helps",
        )),
        ("ldc-bot", skipped(
            "gateway.webhook", "gateway's webhook",
            "none in the session; one set for the whole gateway (WHATSAPP_HOOK_URL) does not show",
            "see WHATSAPP_HOOK_URL in the gateway's environment",
        )),
        ("", ok("clock", "clocks", "all within 1 s of ours")),
        ("", ok("network", "network", "ours works: 4 of 4 answered")),
    )  # fmt: skip
    findings = tuple(msgspec.structs.replace(one, agent=agent) for agent, one in found)
    return msgspec.structs.replace(Findings(findings, AT - 12, 3.2, AT + 18), **changes)


def waiting() -> Snapshot:
    """Somebody has just written: calm, and not green."""
    told = NowView(None, True, "WAITING FOR THE BOT'S REPLY", detail="1 waiting, 5s", state=NowState.WAITING)
    shot = calm()
    return _agent(shot, now=told)


def recovering() -> Snapshot:
    """All that fired is over, and is watched for a while."""
    worst = NowView(
        Severity.WARNING, False, "RECOVERING", "no one waits; watching that it stays so, after 9m",
        "when it began: WhatsApp session FAILED for 2m",
        who="ana for 4m", tried="gateway-restart: it is WORKING", number=42,
        state=NowState.RECOVERING,
    )  # fmt: skip
    shot = calm()
    over = msgspec.structs.replace(
        resolved(), number=42, phase=Phase.FIRING, resolved_at=None, since=AT - 540, fired_at=AT - 420,
        summary="over: WhatsApp session is FAILED", recovering=True,
    )  # fmt: skip
    return msgspec.structs.replace(_agent(shot, now=worst), incidents=(over, resolved()), recovering=1)


def scheduled() -> Snapshot:
    """The cause is fixed at night; three customers are answered when contact hours begin."""
    eight = AT + 17_280
    planned = NowView(
        Severity.WARNING, False, "3 CUSTOMERS ARE ANSWERED AT 08:00", "in 4h 48m; oldest 2h 10m",
        "ana scheduled it: who wrote over an hour ago waits for contact hours",
        who="ana for 4m", tried="gateway-restart: it is WORKING", number=42,
        state=NowState.SCHEDULED,
    )  # fmt: skip
    row = incident(owner="ana", scheduled=True, fix="", lapses_at=AT + 1560)
    return msgspec.structs.replace(
        _agent(calm(), now=planned),
        incidents=(row, resolved()),
        scheduled=(ScheduledView("s1", "retry", "ldc-bot", "ana", eight, 3),),
        night_until=eight - 3600,
        oncall="Ana",
        oncall_next="Bruno",
    )


SCENES = {
    "scheduled": scheduled,
    "calm": calm,
    "waiting": waiting,
    "recovering": recovering,
    "trouble": trouble,
    "fixing": fixing,
    "no-data": no_data,
    "learning": learning,
    "nobody": nobody,
    "huge": huge,
    "hostile": hostile,
}


def past(ask: ShowHistory) -> History:
    """A past that ends in trouble: the gateway fails since 6 min, the oldest wait grows, the bot was busy."""
    since, step, count = grid(ask.seconds, ask.cells, ask.until or AT)
    rule = ("customers.oldest",) if ask.rule or not ask.series else ()
    names = dict.fromkeys((*rule, *ask.series))
    return History(
        ask.agent, since, ask.until or AT, step, tuple(_past(name, since, step, count) for name in names)
    )


def _past(name: str, since: float, step: float, count: int) -> SeriesHistory:
    times = [since + n * step for n in range(count)]
    series, critical = BY_NAME[name], Severity.CRITICAL
    broken = [at > AT - 360 for at in times]
    values: list[float | None] = [0.0] * count
    limits: tuple[Limit, ...] = ()
    if name == "customers.oldest":
        values = [max(0.0, at - (AT - 312)) for at in times]
        limits = (
            Limit(600, ">", critical, "customers-waiting"),
            Limit(180, ">", Severity.WARNING, "customers-waiting"),
        )
    elif name in {"control.up", "health.up", "db.up", "gateway.up", "gateway.working"}:
        values = [0.0 if bad and name == "gateway.working" else 1.0 for bad in broken]
        limits = (Limit(0, "==", critical, "x", 120.0),) if name in {"db.up", "gateway.working"} else ()
        if name == "health.up":
            values[count // 2] = 0.0
    elif name in MARKED:  # no host is configured
        values = [None] * count
    elif name in {"failures.unanswered", "failures.consecutive", "failures.sends"}:
        values = [max(0.0, (at - (AT - 360)) // 90) for at in times]
        limits = (Limit(2, ">=", Severity.WARNING, "failures-in-a-row"),) if name == "failures.consecutive" else ()
    elif name == "goal.minute":
        values = [1.0] * count
        values[count // 3] = 0.0
    elif name == "customers.answered_1h":
        values = list(wave(38.0, count, gap=count // 2))
    elif series.unit == "s" and name != "sight.blind":
        top = {"reply.follow_p95": 26.0, "customers.last_inbound": 130.0, "reply.p95": 26.0}.get(name, 0.03)
        values = list(wave(top, count, gap=count // 3))
        limits = (Limit(1, ">", Severity.WARNING, "database-slow"),) if name == "db.seconds" else ()
    elif name.startswith("host."):
        values = [None] * count
    lows = (
        tuple(None if value is None else value * 0.8 for value in values) if series.unit == "s" else tuple(values)
    )
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known) if known else None
    return SeriesHistory(name, series.unit, series.worse, lows, tuple(values), tuple(values), limits, mean)
