"""What each event means."""

import msgspec
from msgspec.structs import replace

from qualtui.eventlog.ack_links import AckLinkUsed
from qualtui.eventlog.alert_changes import AlertChanged, AlertCleared
from qualtui.eventlog.alerts import RESOLVED_KEPT
from qualtui.eventlog.customers import BacklogMarked, ClosingsEnded, CustomerClosed
from qualtui.eventlog.engine import ClockStepped
from qualtui.eventlog.fixes import RUNS_KEPT, FixFinished, FixStarted, FixStopped
from qualtui.eventlog.fold import apply, fold_events
from qualtui.eventlog.incident_changes import (
    AlertsJoined,
    IncidentNotified,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
)
from qualtui.eventlog.incidents import Acknowledged, CauseRevised, Noted, Released
from qualtui.eventlog.notices import FINISHED_KEPT, NoticeDelivered, NoticeFailed, NoticeSending
from qualtui.eventlog.oncall import OncallAssigned
from qualtui.eventlog.ownership import Snoozed
from qualtui.eventlog.schedules import FixScheduled
from qualtui.eventlog.silences import SilenceCreated
from qualtui.model import Event, EventBody, Origin, Phase, Severity, State
from qualtui.store.sqlite.checkpoint import as_bytes, from_bytes
from tests.eventlog.bodies import changed, fired, log_of, queued

EMPTY = State()


def after(*bodies: EventBody) -> State:
    return fold_events(EMPTY, log_of(*bodies))


def test_a_pending_rule_stands_and_makes_no_incident() -> None:
    state = after(changed(Phase.PENDING, number=0))
    assert state.alerts["waiting@bot"].phase is Phase.PENDING
    assert state.alerts["waiting@bot"].since == 90.0
    assert (state.incidents, state.activity, state.next_number) == ({}, (), 1)


def test_a_pending_rule_that_clears_leaves_nothing() -> None:
    state = after(changed(Phase.PENDING, number=0), changed(Phase.INACTIVE, number=0))
    assert (state.alerts, state.incidents, state.activity) == ({}, {}, ())


def test_a_rule_that_fires_is_an_incident_with_its_number() -> None:
    state = after(
        changed(Phase.PENDING, number=0), fired(7, summary="3 waiting", cause="WhatsApp session FAILED", fix="f")
    )
    incident = state.incidents[7]
    assert (incident.phase, incident.severity) == (Phase.FIRING, Severity.CRITICAL)
    assert (incident.since, incident.fired_at) == (90.0, 110.0)
    assert (incident.summary, incident.cause, incident.fix) == ("3 waiting", "WhatsApp session FAILED", "f")
    assert (state.alerts["waiting@bot"].number, state.next_number) == (7, 8)


def test_a_revised_cause_takes_the_first_one_s_place_while_it_fires() -> None:
    state = after(
        fired(1, cause="WhatsApp session STARTING", fix="gateway-restart"),
        CauseRevised(1, "the webhook", "w", "retry"),
    )
    incident = state.incidents[1]
    assert (incident.cause, incident.root, incident.fix, incident.changes) == ("the webhook", "w", "retry", 1)
    assert str(state.activity[-1].text) == "cause revised: the webhook"
    ended = after(
        fired(1, cause="WhatsApp session FAILED"), changed(Phase.RESOLVED, 1), CauseRevised(1, "other", "o")
    )
    assert ended.incidents[1].cause == "WhatsApp session FAILED"


def test_worse_and_better_are_the_same_incident() -> None:
    state = after(fired(1, Severity.WARNING, summary="2"), Acknowledged(1, "ana"))
    worse = apply(state, log_of(fired(1, Severity.CRITICAL, summary="9"), first=3, start=200)[0])
    assert list(worse.incidents) == [1]
    assert (worse.incidents[1].severity, worse.incidents[1].summary) == (Severity.CRITICAL, "9")
    assert (worse.incidents[1].owner, worse.incidents[1].fired_at) == ("ana", 100.0)
    assert worse.incidents[1].changes == state.incidents[1].changes + 1
    better = apply(worse, log_of(fired(1, Severity.WARNING), first=4, start=210)[0])
    assert better.incidents[1].severity is Severity.WARNING
    assert better.alerts["waiting@bot"].severity is Severity.WARNING
    assert better.incidents[1].summary == "9"


def test_a_resolved_rule_ends_its_incident() -> None:
    state = after(fired(1), changed(Phase.RESOLVED, old=Phase.FIRING))
    assert state.alerts == {}
    assert (state.incidents[1].phase, state.incidents[1].resolved_at) == (Phase.RESOLVED, 110.0)
    assert state.incidents[1].changes == 2
    assert state.next_number == 2


def test_an_incident_never_outlives_its_rules_standing() -> None:
    gone = after(fired(1), changed(Phase.INACTIVE, number=0, old=Phase.FIRING))
    assert (gone.alerts, gone.incidents[1].phase) == ({}, Phase.RESOLVED)
    renumbered = after(fired(1), fired(2))
    assert renumbered.incidents[1].phase is Phase.RESOLVED
    assert renumbered.incidents[2].phase is Phase.FIRING
    unnumbered = after(fired(1), changed(Phase.RESOLVED, number=0, old=Phase.FIRING))
    assert unnumbered.incidents[1].phase is Phase.RESOLVED


def test_numbers_are_never_given_twice_even_when_they_came_out_of_order() -> None:
    assert after(fired(9, rule="a"), fired(3, rule="b")).next_number == 10


def test_who_has_it_gives_it_back_and_notes_stay() -> None:
    owned = after(fired(1), Acknowledged(1, "ana"), Noted(1, "ana", "restarting the gateway"))
    assert (owned.incidents[1].owner, owned.incidents[1].owned_at) == ("ana", 110.0)
    released = apply(owned, log_of(Released(1, "ana"), first=4)[0])
    assert (released.incidents[1].owner, released.incidents[1].owned_at) == ("", None)
    assert released.incidents[1].notes == ("ana: restarting the gateway",)


def test_unknown_numbers_keys_and_runs_change_nothing_that_is_kept() -> None:
    state = after(
        Acknowledged(5, "ana"),
        Released(5, "ana"),
        Noted(5, "ana", "x"),
        changed(Phase.RESOLVED, number=5),
        NoticeSending("k", 1),
        NoticeDelivered("k", 1),
        NoticeFailed("k", 1, "refused"),
        FixFinished("r", "ok", "done"),
        FixStopped("r", "ana"),
    )
    assert (state.incidents, state.notices, state.runs, state.alerts) == ({}, {}, {}, {})
    assert state.seq == 9


def test_a_notice_is_owed_until_it_is_delivered_or_given_up() -> None:
    state = after(queued("k"))
    assert (state.notices["k"].status, state.notices["k"].queued_at) == ("queued", 100.0)
    state = apply(state, log_of(NoticeSending("k", 1), first=2)[0])
    assert (state.notices["k"].status, state.notices["k"].attempt) == ("sending", 1)
    state = apply(state, log_of(NoticeFailed("k", 1, "refused", retry_at=150), first=3)[0])
    assert (state.notices["k"].status, state.notices["k"].next_at) == ("queued", 150.0)
    assert state.notices["k"].reason == "refused"
    given_up = apply(state, log_of(NoticeFailed("k", 2, "refused"), first=4)[0])
    assert given_up.notices["k"].status == "failed"
    delivered = apply(state, log_of(NoticeDelivered("k", 2), first=4)[0])
    assert (delivered.notices["k"].status, delivered.notices["k"].reason) == ("delivered", "")


def test_a_target_fails_from_its_first_failure_until_it_delivers() -> None:
    state = after(queued("k"), NoticeSending("k", 1), NoticeFailed("k", 1, "refused", retry_at=150))
    (target,) = state.failing
    assert (state.failing[target].since, state.failing[target].reason) == (120.0, "refused")
    again = fold_events(
        state, log_of(NoticeSending("k", 2), NoticeFailed("k", 2, "no answer"), first=4, start=200)
    )
    assert (again.failing[target].since, again.failing[target].reason) == (120.0, "no answer")
    well = fold_events(
        again, log_of(queued("l"), NoticeSending("l", 1), NoticeDelivered("l", 1), first=6, start=300)
    )
    assert well.failing == {}


def test_a_target_that_the_configuration_dropped_before_a_try_does_not_fail() -> None:
    assert after(queued("k"), NoticeFailed("k", 0, "the configuration no longer has this target")).failing == {}


def test_a_notice_that_is_queued_again_is_not_owed_again() -> None:
    state = after(queued("k"), NoticeSending("k", 1), NoticeDelivered("k", 1), queued("k"))
    assert state.notices["k"].status == "delivered"


def test_all_owed_notices_are_kept_and_of_the_finished_the_newest() -> None:
    many = [body for n in range(150) for body in (queued(f"done{n}"), NoticeDelivered(f"done{n}", 1))]
    state = after(*(queued(f"owed{n}") for n in range(150)), *many)
    assert sum(notice.status == "queued" for notice in state.notices.values()) == 150
    done = [key for key, notice in state.notices.items() if notice.status == "delivered"]
    assert done == [f"done{n}" for n in range(150 - FINISHED_KEPT, 150)]


def test_what_may_be_opened_again_or_owes_an_end_is_kept_however_many_there_are() -> None:
    state = fold_events(EMPTY, log_of(*(fired(n, rule=f"r{n}") for n in range(1, 201))))
    state = apply(state, Event(999, 3000.0, 1, IncidentNotified(1, "firing", Severity.CRITICAL)))
    ends = [changed(Phase.RESOLVED, n, rule=f"r{n}", old=Phase.FIRING) for n in range(1, 201)]
    for seq, body in enumerate(ends, 1000):
        state = apply(state, Event(seq, 3000.0, 1, body))
    assert sorted(state.incidents) == list(range(1, 201))
    state = apply(state, Event(1300, 3601.0, 1, fired(301, rule="late")))
    state = apply(state, Event(1301, 3602.0, 1, changed(Phase.RESOLVED, 301, rule="late", old=Phase.FIRING)))
    assert sorted(state.incidents) == [1, *range(101, 201), 301]


def test_a_clock_that_was_set_back_leaves_no_time_in_the_future() -> None:
    opened = IncidentOpened(1, "bot", ("a@bot", "b@bot"), Origin.UNKNOWN, "a", Severity.WARNING, 90.0)
    fires = [
        AlertChanged(rule, "bot", Phase.INACTIVE, Phase.FIRING, Severity.WARNING, "x", 90.0) for rule in ("a", "b")
    ]
    ends = AlertChanged("a", "bot", Phase.FIRING, Phase.RESOLVED, Severity.WARNING, "x", 90.0)
    sent = (queued("k", 1), NoticeSending("k", 1), NoticeDelivered("k", 1))
    state = after(*fires, opened, ends, AlertCleared("b", "bot", 130.0), *sent)
    state = apply(state, Event(99, 50.0, 1, ClockStepped(100.0)))
    assert set(state.delivered_at.values()) == {50.0}
    assert state.incidents[1].members == {"a@bot": 50.0, "b@bot": 0.0}
    assert state.alerts["b@bot"].clear_since == 50.0


def test_a_clock_that_was_set_back_leaves_what_is_planned_for_its_time() -> None:
    opened = IncidentOpened(1, "bot", ("a@bot",), Origin.UNKNOWN, "a", Severity.WARNING, 90.0)
    planned = FixScheduled("abcd", "lead-retry", "bot", "ana", 40_000.0, 40_600.0, 3, 1)
    shifts = (OncallAssigned("ana", "ana", 95.0), OncallAssigned("bruno", "ana", 50_000.0))
    state = apply(after(opened, planned, *shifts), Event(99, 40.0, 1, ClockStepped(60.0)))
    assert (state.schedules["abcd"].due_at, state.schedules["abcd"].overdue_at) == (40_000.0, 40_600.0)
    assert state.incidents[1].overdue_at == 40_600.0
    assert [(one.who, one.since) for one in state.shifts] == [("ana", 40.0), ("bruno", 50_000.0)]


def test_a_clock_that_was_set_back_makes_nothing_quiet_for_longer() -> None:
    opened = IncidentOpened(1, "bot", ("a@bot",), Origin.UNKNOWN, "a", Severity.WARNING, 90.0)
    silenced = SilenceCreated("s", (), "ana", "why", until=3700.0)
    taken = AckLinkUsed(1, "slack", "", until=1000.0)
    state = apply(after(opened, silenced, taken), Event(99, 40.0, 1, ClockStepped(60.0)))
    assert (state.silences["s"].until, state.link_acks[1].until) == (3640.0, 940.0)
    snoozed = apply(after(opened, Snoozed(1, "ana", 1900.0)), Event(99, 40.0, 1, ClockStepped(60.0)))
    assert snoozed.incidents[1].snoozed_until == 1840.0


def test_the_events_of_an_incident_alone_say_how_bad_it_was() -> None:
    opened = IncidentOpened(1, "bot", ("slow@bot",), Origin.UNKNOWN, "slow", Severity.WARNING, 90.0, "slow now")
    joined = AlertsJoined(1, ("down@bot",), Severity.CRITICAL, "down now")
    assert after(opened, joined).incidents[1].severity is Severity.CRITICAL
    again = after(
        opened, joined, IncidentResolved(1, "over"), IncidentReopened(1, ("slow@bot",), Severity.WARNING)
    )
    assert again.incidents[1].severity is Severity.WARNING


def test_all_firing_incidents_are_kept_and_of_the_resolved_the_newest() -> None:
    firing = [fired(n, rule=f"r{n}") for n in range(1, 151)]
    ended = [
        body
        for n in range(151, 301)
        for body in (fired(n, rule=f"r{n}"), changed(Phase.RESOLVED, n, rule=f"r{n}", old=Phase.FIRING))
    ]
    state = after(*firing, *ended)
    assert [n for n, i in state.incidents.items() if i.phase is Phase.FIRING] == list(range(1, 151))
    resolved = [n for n, i in state.incidents.items() if i.phase is Phase.RESOLVED]
    # The newest may be opened again for a while: 600 s, 20 s apart.
    assert resolved == list(range(301 - 31 - RESOLVED_KEPT, 301))


def test_a_run_and_its_undo() -> None:
    state = after(
        FixStarted("r1", "session-cleanup", "bot", "ana", subjects=("s1", "s2"), number=3),
        FixFinished("r1", "ok", "closed 2", done=("s1", "s2")),
        FixStarted("r2", "session-cleanup", "bot", "ben", undoes="r1"),
    )
    assert (state.runs["r1"].outcome, state.runs["r1"].done, state.runs["r1"].undone_by) == (
        "ok",
        ("s1", "s2"),
        "",
    )
    assert (state.runs["r2"].outcome, state.runs["r2"].finished_at) == ("", None)
    failed = apply(state, log_of(FixFinished("r2", "failed", "database away"), first=4)[0])
    assert failed.runs["r1"].undone_by == ""
    undone = apply(state, log_of(FixFinished("r2", "ok", "opened 2"), first=4)[0])
    assert undone.runs["r1"].undone_by == "r2"


def test_a_run_that_starts_again_is_the_same_run() -> None:
    state = after(
        FixStarted("r1", "f", "bot", "ana"), FixFinished("r1", "ok", "done"), FixStarted("r1", "f", "bot", "eve")
    )
    assert (state.runs["r1"].who, state.runs["r1"].outcome) == ("ana", "ok")


def test_whoever_said_first_that_a_run_is_to_end_stands_by_it() -> None:
    state = after(FixStarted("r1", "f", "bot", "ana"), FixStopped("r1", "ben"), FixStopped("r1", "eve"))
    assert (state.runs["r1"].stopped_by, state.runs["r1"].outcome) == ("ben", "")


def test_a_checkpoint_from_before_runs_could_be_stopped_is_read() -> None:
    state = after(FixStarted("r1", "f", "bot", "ana"))
    kept = msgspec.msgpack.decode(as_bytes(state))
    del kept["runs"]["r1"]["stopped_by"]
    assert from_bytes(msgspec.msgpack.encode(kept)) == state


def test_the_newest_runs_are_kept_and_every_run_in_doubt() -> None:
    many = [
        b for n in range(150) for b in (FixStarted(f"r{n}", "f", "bot", "ana"), FixFinished(f"r{n}", "ok", ""))
    ]
    bodies = (FixStarted("doubt", "f", "bot", "ana"), *many)
    state = fold_events(EMPTY, (Event(n, n * 86400.0, 1, body) for n, body in enumerate(bodies, 1)))
    assert "doubt" in state.runs
    assert len(state.runs) == RUNS_KEPT
    assert "r149" in state.runs
    assert "r0" not in state.runs


def test_the_backlog_is_kept_by_agent() -> None:
    state = after(BacklogMarked("bot", 12, 50.0), BacklogMarked("other", 1, 60.0))
    assert {agent: mark.count for agent, mark in state.backlog.items()} == {"bot": 12, "other": 1}


def test_folding_changes_nothing_in_place() -> None:
    state = after(fired(1), queued("k"), FixStarted("r", "f", "bot", "ana"), BacklogMarked("bot", 1, 1.0))
    copies = (
        dict(state.alerts),
        dict(state.incidents),
        dict(state.notices),
        dict(state.runs),
        dict(state.backlog),
    )
    fold_events(
        state,
        log_of(
            changed(Phase.RESOLVED, old=Phase.FIRING),
            NoticeDelivered("k", 1),
            FixFinished("r", "ok", ""),
            BacklogMarked("bot", 2, 2.0),
            first=5,
        ),
    )
    assert copies == (state.alerts, state.incidents, state.notices, state.runs, state.backlog)
    assert State() == EMPTY


def test_a_channel_that_was_notified_of_an_incident_is_remembered_once() -> None:
    first = queued("1/1/firing/pager")
    state = after(fired(), first, replace(first, key="1/2/worse/pager", kind="worse"))
    assert state.incidents[1].notified == (first.channel,)


def test_a_run_that_may_still_be_taken_back_is_kept_whatever_else_ran() -> None:
    many = (b for n in range(150) for b in (FixStarted(f"r{n}", "f", "x", "ana"), FixFinished(f"r{n}", "ok", "")))
    state = after(FixStarted("mine", "f", "bot", "ana"), FixFinished("mine", "ok", "", ("s1",)), *many)
    assert state.runs["mine"].done == ("s1",)


def test_the_newest_run_of_each_fix_is_kept_while_an_incident_may_ask_what_was_tried() -> None:
    many = [b for n in range(150) for b in (FixStarted(f"r{n}", "f", "x", "ana"), FixFinished(f"r{n}", "ok", ""))]
    bodies = (FixStarted("mine", "f", "bot", "ana"), FixFinished("mine", "failed", "no answer"), *many)
    state = fold_events(EMPTY, (Event(n, n * 86400.0, 1, body) for n, body in enumerate(bodies, 1)))
    assert state.runs["mine"].summary == "no answer"


def closings(count: int, agent: str = "bot") -> list[EventBody]:
    return [CustomerClosed(agent, f"lead{n}", "ana", "called", 50.0 + n) for n in range(count)]


def test_the_first_of_any_number_of_customers_answered_by_hand_is_still_answered() -> None:
    state = after(*closings(1500), *closings(1500, "other"))
    assert (state.closed["bot/lead0"].upto, len(state.closed)) == (50.0, 3000)


def test_who_is_owed_nothing_any_more_needs_no_memory_of_being_answered_by_hand() -> None:
    state = after(*closings(3), *closings(3, "other"), ClosingsEnded("bot", ("lead0", "lead2")))
    assert sorted(state.closed) == ["bot/lead1", "other/lead0", "other/lead1", "other/lead2"]


def test_what_became_of_an_incidents_notices_is_known_however_many_others_there_were() -> None:
    mine = (fired(1), queued("a", 1), NoticeDelivered("a", 1), queued("b", 1), NoticeFailed("b", 3, "refused"))
    many = [body for n in range(300) for body in (queued(f"x{n}", 0), NoticeDelivered(f"x{n}", 1))]
    state = after(*mine, *many)
    assert "a" not in state.notices
    assert (state.incidents[1].delivered, state.incidents[1].failed) == (1, 1)


def test_a_checkpoint_from_before_closings_had_a_time_is_read() -> None:
    state = after(*closings(1))
    kept = msgspec.msgpack.decode(as_bytes(state))
    kept["closed"]["bot/lead0"] = msgspec.to_builtins(closings(1)[0])
    again = from_bytes(msgspec.msgpack.encode(kept))
    assert again is not None
    assert again.closed["bot/lead0"].upto == 50.0
