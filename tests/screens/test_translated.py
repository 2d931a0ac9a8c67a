"""Nothing on a page bypasses the catalogue: in a language without Latin letters, only names have them."""

import re
from collections.abc import Iterator
from string import Formatter, ascii_letters

import pytest

from qualtui import text as own
from qualtui.alerts.judge import RuleVerdict
from qualtui.alerts.transition import runbook_text, summarise
from qualtui.config.keys import BINDINGS
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import (
    AgentSettings,
    Config,
    ControlSettings,
    DatabaseSettings,
    GatewaySettings,
    HealthSettings,
    Secret,
)
from qualtui.engine.projector import Projector
from qualtui.engine.sample_cache import SampleCache
from qualtui.eventlog.alerts import RuleChanged
from qualtui.eventlog.fold import fold_events
from qualtui.eventlog.incidents import Noted
from qualtui.eventlog.notices import NoticeDelivered, NoticeQueued
from qualtui.model import Event, EventBody, Phase, Sample, Severity, State
from qualtui.model.findings import failed, ok
from qualtui.text.message import Saying, counted, message
from qualtui.tracking.wait_cause import WaitCause, cause_text
from qualtui.widgets import catalogue
from qualtui.wire import (
    Customers,
    CustomerView,
    EngineView,
    Findings,
    IncidentDetail,
    ListCustomers,
    Preview,
    PreviewFix,
    PreviewItem,
    RunDoctor,
    ShowIncident,
    Snapshot,
)
from tests.diagnosis.readings import WELL
from tests.screens.stand_in import StandIn, text, until, window
from tests.snapshots import AT

FOREIGN = str.maketrans(dict.fromkeys(ascii_letters, "ж"))
AGENT = "ldc"
# Names, which no language changes: of agents, people, products, protocols, series, rules, fixes, keys, commands.
NAMES = re.compile(
    r"""ldc|ana|bea|p?ager|qualtui|watch-1|SCAN_QR_CODE|FAILED|WORKING|STARTING|WAHA|WhatsApp|HTTP|UTC|BRT
    |(?:[a-z]+-)+[a-z]+|leads\.id|[a-z_]+\.[a-z_0-9.]+|/[a-z/]+
    |enter|escape|esc|tab|ctrl\+\w|space|up|down|left|right|home|end|pageup|pagedown|pgup|pgdn|shift|backspace|question_mark""",
    re.VERBOSE,
)


class Foreign:
    """A language in which every letter of a template is another."""

    def gettext(self, message: str) -> str:
        pieces = []
        for literal, name, form, _c in Formatter().parse(message):
            pieces.append(literal.translate(FOREIGN).replace("{", "{{").replace("}", "}}"))
            if name is not None:
                pieces.append(f"{{{name}:{form}}}" if form else f"{{{name}}}")
        return "".join(pieces)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def seen(**changed: tuple[float, Saying]) -> Projector:
    """What an engine sees of one agent: all well, but for what is changed."""
    agent = AgentSettings(
        health=HealthSettings(url="https://bot.example.com/health"),
        database=DatabaseSettings(dsn=Secret("postgresql://u@db.example.com/x")),
        gateway=GatewaySettings(url="https://waha.example.com"),
        control=ControlSettings(url="https://www.example.com"),
    )
    recent = SampleCache(keep=3600.0, step=60.0, steps=40)
    view = Projector(recent, Config(agents={AGENT: agent}, rules=BUILT_IN))
    view.use(Config(agents={AGENT: agent}, rules=BUILT_IN), {f"{AGENT}/{name}": (600.0, 30.0) for name in WELL})
    for name, well in WELL.items():
        value, note = changed.get(name.replace(".", "_"), well)
        recent.add([Sample(f"{AGENT}/{name}", AT - 1, value, note)])
    return view


def trouble() -> tuple[Snapshot, IncidentDetail]:
    """Three wait, the gateway's session failed: incidents, a notice, a remark, all from the log."""
    view = seen(
        customers_waiting=(3, ""),
        customers_oldest=(700, cause_text(WaitCause.NOT_DELIVERED)),
        customers_overdue=(3, ""),
        customers_phantom=(3, ""),
        gateway_working=(0, "FAILED"),
    )
    rule = BUILT_IN["customers-waiting"]
    summary = summarise(rule, "customers-waiting", AGENT, RuleVerdict(True, Severity.CRITICAL, 700.0, "", AT))
    fired = RuleChanged(
        "customers-waiting", AGENT, Phase.INACTIVE, Phase.FIRING, Severity.CRITICAL,
        message("the condition holds"), AT - 600, number=1, summary=summary,
        cause=view.reason(AGENT, AT).text, runbook=runbook_text(rule),
    )  # fmt: skip
    queued = NoticeQueued("1/1", 1, "pager", "firing", Severity.CRITICAL, summary, "body")
    bodies: list[EventBody] = [fired, queued, NoticeDelivered("1/1", 1), Noted(1, "bea", "77 11")]
    events = (Event(seq, AT - 300 + seq, 1, body) for seq, body in enumerate(bodies, 1))
    state = fold_events(State(), events)
    shot = view.snapshot(state, engine_view(), lambda _agent, _fix: message("Restart the session"), AT)
    return shot, IncidentDetail(shot.incidents[0], tuple(reversed(shot.activity)))


def engine_view() -> EngineView:
    return EngineView(4711, "watch-1", "0.1.0", 3, AT - 3600, 1)


def prepared() -> StandIn:
    """An engine with answers for every page."""
    shot, incident = trouble()
    engine = StandIn(shot)
    engine.answers[ShowIncident] = incident
    engine.answers[ListCustomers] = Customers(
        AGENT, (CustomerView("1f0a", "+55 11 •••••-••01", AT - 312, cause_text(WaitCause.BOT_OWES)),)
    )
    engine.answers[RunDoctor] = Findings(
        (
            ok("config.sources", message("configuration"), message("valid; agents: {agents}", agents=AGENT)),
            failed("db", message("database"), message("refused"), message("check the DSN")),
        ),
        AT,
        0.2,
        AT + 10,
    )
    title = counted("Closes {count} session", "Closes {count} sessions", 1)
    explain = (message("It answers nobody."),)
    item = PreviewItem("1f0a", "+55 11 •••••-••01", message("bot owes reply"), 700.0)
    engine.answers[PreviewFix] = Preview("t", "session-cleanup", AGENT, title, explain, (item,), 1)
    return engine


def untranslated(shown: str) -> list[str]:
    """The rows in which a word of three letters or more came by another way than the catalogue."""
    return [row.strip() for row in shown.split("\n") if re.search(r"[A-Za-z]{3,}", NAMES.sub("", _unnamed(row)))]


def _unnamed(row: str) -> str:
    """A row of the help without the names that its keys have in the configuration."""
    cells = re.split(r"\s{2,}", row.strip())
    return "  ".join(cell for cell in cells if cell not in BINDINGS) if len(cells) > 1 else row


@pytest.fixture(autouse=True)
def foreign(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The window's language; what the process remembers of another one is forgotten before and after."""
    remembered = (catalogue.groups, catalogue.ratios, catalogue.literal)
    monkeypatch.setattr(own, "catalogue", Foreign)
    for one in remembered:
        one.cache_clear()
    yield
    for one in remembered:
        one.cache_clear()


@pytest.mark.parametrize("key", ["", "enter", "c", "d", "e", "f", "n", "w", "question_mark"])
async def test_each_sentence_of_a_page_is_the_catalogue_s(key: str) -> None:
    app = window(prepared())
    async with app.run_test(size=(200, 60)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        before = text(app)
        if key:
            await pilot.press(key)
            await until(lambda: text(app) != before)
            await pilot.pause()
        rows = untranslated(text(app))
        assert not rows, "\n".join(rows)


async def test_a_calm_overview_comes_from_the_catalogue() -> None:
    calm = seen().snapshot(State(), engine_view(), lambda _agent, _fix: "", AT)
    app = window(StandIn(calm))
    async with app.run_test(size=(160, 48)) as pilot:
        await until(lambda: app.pid != 0)
        await pilot.pause()
        assert "ж" in text(app)
        rows = untranslated(text(app))
        assert not rows, "\n".join(rows)
