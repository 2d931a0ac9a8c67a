"""The rules that are there without being written: SPEC's default severities, for the series that exist.

`[rules.NAME]` with one of these names changes the given keys alone; `enabled = false` takes a rule away.
"""

from qualtui.config.values import Aggregate, Level, Operator, Rule, Seconds
from qualtui.model import Link

_MINUTE = 60.0

BUILT_IN: dict[str, Rule] = {
    # No `for`: health.down has its own patience (misses over down_after), a refusal counts at once.
    "agent-down": Rule(
        series="health.down",
        link=Link.BOT,
        op=Operator.AT_LEAST,
        critical=Level(1),
        keep_firing_for=Seconds(2 * _MINUTE),
        summary="Agent down: {note}",
    ),
    # 10 s is two fast-lane answers in a row: one lost packet wakes no one.
    "database-down": Rule(
        series="db.up",
        link=Link.DATABASE,
        op=Operator.EQUAL,
        critical=Level(0),
        for_=Seconds(10),
        keep_firing_for=Seconds(30),
        summary="Database down: {note}",
    ),
    # A session restarts on its own in well under 2 min.
    "gateway-not-working": Rule(
        series="gateway.working",
        link=Link.GATEWAY,
        op=Operator.EQUAL,
        critical=Level(0),
        for_=Seconds(2 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="WhatsApp session is {note}",
        fix="gateway-restart",
    ),
    # A monitor that cannot ask must say so: its silence looks like health.
    "blind": Rule(
        series="sight.blind",
        op=Operator.ABOVE,
        warning=Level(5 * _MINUTE),
        keep_firing_for=Seconds(30),
        summary="Not known for {duration}: {note}",
    ),
    # Server time of an empty question; the fast lane's own budget is 10 ms.
    "database-slow": Rule(
        series="db.seconds",
        link=Link.DATABASE,
        aggregate=Aggregate.MIN,
        window=Seconds(_MINUTE),
        op=Operator.ABOVE,
        warning=Level(1),
        for_=Seconds(_MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="Database slow: {value} s for an empty query",
    ),
    # The oldest customer's wait is itself a duration, so no `for`; the bot takes 5-24 s a reply.
    "customers-waiting": Rule(
        series="customers.oldest",
        link=Link.CUSTOMER,
        op=Operator.ABOVE,
        warning=Level(3 * _MINUTE),
        critical=Level(10 * _MINUTE),
        keep_firing_for=Seconds(30),
        summary="Customers wait for the bot, the oldest {duration}",
        fix="retry",
    ),
    # Customers open before the first start are shown and offered a fix, but never wake anyone.
    "open-before-start": Rule(
        series="customers.open_oldest",
        op=Operator.ABOVE,
        warning=Level(3 * _MINUTE),
        keep_firing_for=Seconds(30),
        summary="Customers wrote before the first start and have no answer, the oldest {duration}",
        fix="retry",
    ),
    "customers-lost": Rule(
        series="customers.lost",
        link=Link.CUSTOMER,
        op=Operator.ABOVE,
        critical=Level(0),
        keep_firing_for=Seconds(_MINUTE),
        summary="Customers lost: {value} waited too long, or could not be reached",
        fix="retry",
    ),
    # S6 of messages, not of HTTP answers: a webhook that answers 200 may have lost its customer.
    "error-rate": Rule(
        series="failures.rate",
        link=Link.CUSTOMER,
        op=Operator.ABOVE,
        warning=Level(5),
        critical=Level(25),
        keep_firing_for=Seconds(_MINUTE),
        summary="{value}% of the customers' messages have no delivered answer",
    ),
    "consecutive-failures": Rule(
        series="failures.consecutive",
        link=Link.CUSTOMER,
        op=Operator.AT_LEAST,
        warning=Level(5),
        keep_firing_for=Seconds(_MINUTE),
        summary="Messages in a row without a delivered answer: {value}",
    ),
    # S8 of replies: the time of /health is no customer's.
    "reply-slow": Rule(
        series="reply.recent_p95",
        link=Link.CUSTOMER,
        op=Operator.ABOVE,
        warning=Level(30),
        keep_firing_for=Seconds(_MINUTE),
        summary="Replies take {duration} (95th percentile)",
    ),
    # S16 literally: the bot sleeps 5-12 s a message, so this always holds and is INFO.
    "reply-as-written": Rule(
        series="row.reply_mean",
        op=Operator.ABOVE,
        info=Level(10),
        keep_firing_for=Seconds(_MINUTE),
        summary="Replies take {duration} in the mean; row S16 says 10 s, which the bot's pauses do not allow",
    ),
    # A bot that can't store its progress asks one question for ever. A few customers bring it about themselves.
    "same-question": Rule(
        series="sessions.same_question",
        op=Operator.AT_LEAST,
        info=Level(5),
        keep_firing_for=Seconds(_MINUTE),
        summary="Sessions in which the bot asks the same question again: {value}; it does not keep the answers",
        runbook="qualtui doctor: which CHECK refuses what the bot writes, and the SQL that fixes it",
    ),
    # Most of the conversations: no lead qualifies any more, and no customer waits.
    "conversations-loop": Rule(
        series="sessions.looping",
        op=Operator.ABOVE,
        warning=Level(50),
        keep_firing_for=Seconds(_MINUTE),
        summary="The bot asks the same question again in {value}% of the conversations: it keeps no answers",
        runbook="qualtui doctor: which CHECK refuses what the bot writes, and the SQL that fixes it",
    ),
    # S4 and S5: only the host knows; until it is polled these have no source.
    "host-cpu": Rule(
        series="host.cpu",
        link=Link.HOST,
        op=Operator.ABOVE,
        warning=Level(80),
        for_=Seconds(5 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="CPU at {value}% for 5 min",
    ),
    "host-memory": Rule(
        series="host.memory",
        link=Link.HOST,
        op=Operator.ABOVE,
        warning=Level(85),
        for_=Seconds(5 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="Memory at {value}% for 5 min",
    ),
    # Two sources of one fact: as long as they differ neither may be believed.
    "sources-disagree": Rule(
        series="sight.disagree",
        link=Link.CUSTOMER,
        op=Operator.ABOVE,
        warning=Level(0),
        for_=Seconds(5 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="Sources disagree: {note}",
    ),
    # Our own fault, never the bot's. A minute: what fails at one look and works at the next rings nobody.
    "watch-fault": Rule(
        series="engine.fault",
        op=Operator.ABOVE,
        warning=Level(0),
        for_=Seconds(_MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="qualtui itself has a fault and does not fully watch {agent}: {note}",
        runbook="read the log of the engine, and report the error: the bot is not its cause",
    ),
    # S21. 11 min are two answers at the default deep_interval: a worker recycled in between is no broken service.
    "deep-broken": Rule(
        series="deep.broken",
        link=Link.BOT,
        op=Operator.ABOVE,
        warning=Level(0),
        for_=Seconds(11 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="The bot's deep check says: {note}",
    ),
    # Four answers at the default deep_interval: a busy bot has time for one of them, a check that hangs for none.
    "deep-silent": Rule(
        series="deep.silent",
        link=Link.BOT,
        op=Operator.AT_LEAST,
        warning=Level(1),
        for_=Seconds(35 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="The bot's deep check hangs: {note}",
    ),
    "webhook-timeouts": Rule(
        series="failures.timeouts",
        link=Link.WEBHOOK,
        op=Operator.AT_LEAST,
        info=Level(1),
        warning=Level(3),
        keep_firing_for=Seconds(_MINUTE),
        summary="Sends that took as long as the webhook may live: {value}",
    ),
    "certificate-ends": Rule(
        series="tls.days",
        op=Operator.BELOW,
        warning=Level(14),
        keep_firing_for=Seconds(_MINUTE),
        summary="The certificate of {note} ends; days left: {value}",
    ),
    # exp(-11.5) = 1e-5: by chance no one writes for so long once in 100 weeks of 1000 conversations;
    # series/seasonality.py has the formula.
    "gateway-inbound-silent": Rule(
        series="inbound.expected",
        link=Link.GATEWAY,
        op=Operator.ABOVE,
        warning=Level(11.5),
        keep_firing_for=Seconds(_MINUTE),
        summary="No customer writes; about {value} would have by now: does the gateway receive messages?",
    ),
}
