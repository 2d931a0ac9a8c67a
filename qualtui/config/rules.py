"""The rules that are there without being written: SPEC's default severities, for the series that exist.

`[rules.NAME]` with one of these names changes the given keys alone; `enabled = false` takes a rule away.
"""

from qualtui.config.values import Aggregate, Level, Operator, Rule, Seconds
from qualtui.model import Link, Severity

_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def _budget(series: str, summary: str, runbook: str) -> Rule:
    """The rule of an error budget; `budget-up` says why its figures are what they are."""
    return Rule(
        series=series,
        link=Link.CUSTOMER,
        op=Operator.AT_LEAST,
        warning=Level(1),
        for_=Seconds(3 * _MINUTE),
        keep_firing_for=Seconds(5 * _MINUTE),
        summary=summary,
        runbook=runbook,
    )


BUILT_IN: dict[str, Rule] = {
    # No `for`: health.down has its own patience (misses over down_after), a refusal counts at once.
    "agent-down": Rule(
        series="health.down",
        link=Link.BOT,
        op=Operator.AT_LEAST,
        critical=Level(1),
        keep_firing_for=Seconds(2 * _MINUTE),
        summary="Agent down: {note}",
        runbook="Look at the newest deploy and the log of the bot's service on its host. Roll back a "
        "deploy that began just before this; else restart the service. Customers who wrote wait: "
        "answer them when it is up.",
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
        runbook="Look at the database's own page: paused, full, or out of connections? Run qualtui doctor "
        "for the error. While it is down the bot stores nothing: read the chats on the phone and "
        "answer by hand.",
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
        runbook="Look at the gateway's own page: does the session ask for a QR code? Scan it with the "
        "phone that owns the number; else restart the session. Then answer who waits.",
    ),
    # A monitor that cannot poll must say so: its silence looks like health.
    "blind": Rule(
        series="sight.blind",
        op=Operator.ABOVE,
        warning=Level(5 * _MINUTE),
        keep_firing_for=Seconds(30),
        summary="Not known for {duration}: {note}",
        runbook="Look at the note: which source does not answer? Run qualtui doctor here, and open the "
        "bot's address from another network. Until it ends no one knows who waits: read the chats "
        "on the phone.",
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
        runbook="Look at the database's page: CPU, connections, long statements, disk. End a statement "
        "that blocks the others. If it is always slow, qualtui doctor prints the indexes that are "
        "missing.",
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
        runbook="Open the customers (key c): who waits, and since when? If no cause is shown, read the "
        "log of the bot at the time of the oldest message. Answer by hand who can't wait.",
    ),
    # Customers open before the first start are shown and offered a fix, but never wake anyone.
    "open-before-start": Rule(
        series="customers.open_oldest",
        op=Operator.ABOVE,
        warning=Level(3 * _MINUTE),
        keep_firing_for=Seconds(30),
        summary="Customers wrote before the first start and have no answer, the oldest {duration}",
        fix="retry",
        runbook="Open the customers (key c) and read the oldest chats. Answer those who still need it "
        "with the fix or by hand; press m for those who were answered elsewhere.",
    ),
    # No one may be lost (S18): one is too many, and no `for` brings him back.
    "customers-lost": Rule(
        series="customers.lost",
        link=Link.CUSTOMER,
        op=Operator.ABOVE,
        critical=Level(0),
        keep_firing_for=Seconds(_MINUTE),
        summary="Customers lost: {value} waited too long, or could not be reached",
        fix="retry",
        runbook="Open the customers (key c), then call or write to each by hand from the phone. WhatsApp "
        "refused a number: check it with the colleague who owns the lead.",
    ),
    # S6 of messages, not of HTTP answers: a webhook that answers 200 may have lost its customer.
    # 20 messages: one failure of fewer would be more than 5 %.
    "error-rate": Rule(
        series="failures.rate",
        link=Link.CUSTOMER,
        op=Operator.ABOVE,
        warning=Level(5),
        critical=Level(25),
        min_events=20,
        keep_firing_for=Seconds(_MINUTE),
        held_by="customers-waiting",
        summary="{value}% of the customers' messages have no delivered answer",
        runbook="Look at the errors by type (key e): failed sends mean the gateway, unanswered messages "
        "the bot. Read the log of the bot at the newest failure; roll back a deploy that began "
        "just before.",
    ),
    # S7 as the row has it: five messages may be one person's, so it rings no one.
    "consecutive-failures": Rule(
        series="failures.consecutive",
        link=Link.CUSTOMER,
        op=Operator.AT_LEAST,
        warning=Level(5),
        keep_firing_for=Seconds(_MINUTE),
        held_by="customers-waiting",
        summary="Messages in a row without a delivered answer: {value}",
        runbook="Look at who is affected (key c): one customer means his messages, several mean the bot "
        "or the gateway. Read the log of the bot at the first failure.",
    ),
    # 5 of 5: one customer's broken messages wake no one, five customers in a row are no chance.
    "consecutive-customers": Rule(
        series="failures.customers",
        link=Link.CUSTOMER,
        op=Operator.AT_LEAST,
        critical=Level(5),
        keep_firing_for=Seconds(_MINUTE),
        held_by="customers-waiting",
        summary="Customers in a row without a delivered answer: {value}",
        runbook="Five different customers in a row got no answer: the bot or the gateway fails for "
        "everyone. Look at the chain for the first broken link, and at the newest deploy; roll it "
        "back if it began just before.",
    ),
    # S8 of replies: the time of /health is no customer's.
    "reply-slow": Rule(
        series="reply.recent_p95",
        link=Link.CUSTOMER,
        op=Operator.ABOVE,
        warning=Level(30),
        keep_firing_for=Seconds(_MINUTE),
        summary="Replies take {duration} (95th percentile)",
        runbook="Look at CPU and memory of the host, and at how many customers write now. The one worker "
        "answers one after the other: a flood of one sender, or a slow database, delays everyone.",
    ),
    # S16 literally: the bot sleeps 5-12 s a message, so this always holds and is INFO.
    "reply-as-written": Rule(
        series="row.reply_mean",
        op=Operator.ABOVE,
        info=Level(10),
        keep_firing_for=Seconds(_MINUTE),
        summary="Replies take {duration} in the mean; row S16 says 10 s, which the bot's pauses do not allow",
        runbook="Nothing to do at night: the bot pauses 5-12 s a message by design. Shorten its pauses if "
        "the figure of the row matters.",
    ),
    # A bot that can't store its progress asks one question forever. A few customers bring it about themselves.
    "same-question": Rule(
        series="sessions.same_question",
        op=Operator.AT_LEAST,
        info=Level(5),
        keep_firing_for=Seconds(_MINUTE),
        summary="Sessions in which the bot asks the same question again: {value}; it does not keep the answers",
        runbook="Run qualtui doctor: it shows which CHECK refuses what the bot writes. Apply the SQL that "
        "it prints; the sessions go on from there.",
    ),
    # Most of the conversations: no lead qualifies any more, and no customer waits.
    "conversations-loop": Rule(
        series="sessions.looping",
        op=Operator.ABOVE,
        warning=Level(50),
        keep_firing_for=Seconds(_MINUTE),
        summary="The bot asks the same question again in {value}% of the conversations: it keeps no answers",
        runbook="Run qualtui doctor: it shows which CHECK refuses what the bot writes. Apply the SQL that "
        "it prints; the sessions go on from there.",
    ),
    # conversations-loop rests on it, and would stay silent. 30 min are two polls at the default slow_interval: one
    # that takes too long is none. `blind` speaks of what is vital, and reports it alone.
    "loops-unseen": Rule(
        series="sessions.looping",
        link=Link.DATABASE,
        absent=Severity.WARNING,
        for_=Seconds(30 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        unless="blind",
        summary="Not known whether the bot goes on in its conversations: {note}",
        runbook="Run qualtui doctor: it shows what the database refuses or hides, and indexes that are missing. "
        "Read the newest chats on the phone: does the bot ask one question again and again?",
    ),
    # S4 and S5: only the host knows; until it is polled these have no source. 5 min: a deploy's build is shorter.
    "host-cpu": Rule(
        series="host.cpu",
        link=Link.HOST,
        op=Operator.ABOVE,
        warning=Level(80),
        for_=Seconds(5 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="CPU at {value}% for 5 min",
        runbook="Look at the host's charts: since when, and which deploy? A flood of one sender shows as "
        "many messages of one phone. Restart the service if it does not fall.",
    ),
    # A worker needs the rest for one more conversation's context; beyond that the host kills it.
    "host-memory": Rule(
        series="host.memory",
        link=Link.HOST,
        op=Operator.ABOVE,
        warning=Level(85),
        for_=Seconds(5 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="Memory at {value}% for 5 min",
        runbook="Look at the host's memory chart: a steady rise is a leak. Restart the service before it "
        "reaches its limit, at a quiet minute, and let the developers know since which deploy it "
        "rises.",
    ),
    # S31. 5 min: a cache that fills or a sawtooth's first tooth looks like a leak for a look or two. CRITICAL: the
    # host kills it within half an hour, in the middle of a reply.
    "memory-leak": Rule(
        series="host.leak",
        link=Link.HOST,
        op=Operator.AT_LEAST,
        warning=Level(1),
        critical=Level(2),
        for_=Seconds(5 * _MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        fix="service-restart",
        summary="Memory leak: {note}",
        runbook="Restart the service at a quiet minute before memory reaches its limit: the host would kill it in "
        "the middle of a reply. Report to the developers since which deploy it grows.",
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
        runbook="Believe neither figure that the note names. Compare one customer's chat on the phone "
        "with his rows: messages in the chat alone never got in, rows alone were never delivered.",
    ),
    # Our own fault, never the bot's. A minute: what fails at one look and works at the next rings no one.
    "watch-fault": Rule(
        series="engine.fault",
        op=Operator.ABOVE,
        warning=Level(0),
        for_=Seconds(_MINUTE),
        keep_firing_for=Seconds(_MINUTE),
        summary="qualtui itself has a fault and does not fully watch {agent}: {note}",
        runbook="Read the log of the engine, and report the error: the bot is not its cause. Restart "
        "qualtui watch if the fault stays.",
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
        runbook="Look at the service that the note names, on its own page. The bot may answer without it: "
        "check that customers are answered before you restart anything.",
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
        runbook="Look at the log of the bot for the deep check: which service does it wait for? Check "
        "that service on its own page. A restart of the bot alone does not end it.",
    ),
    # From 1 on a pair of windows burns (alerts/burn.py). 3 min: by then a fault
    # with another rule has opened its incident, and this alert joins it. WARNING at most: a budget wakes no one.
    "budget-up": _budget(
        "goal.up_burn",
        "The error budget of *Up 30d* burns {note}",
        "List the incidents of the last days: which cause comes again and again? End that one for "
        "good. While little of the budget is left, hold back deploys that can wait.",
    ),
    # As budget-up, of the messages that had no answer within reply_within.
    "budget-answered": _budget(
        "goal.answered_burn",
        "The error budget of *Answered* burns {note}",
        "List the incidents of the last days, and the errors by type (key e): which messages get no "
        "answer in time? End that cause for good; it need not be one that pages.",
    ),
    # S9: single ones happen at the worker's recycling; three in 10 min are a gateway that hangs.
    "webhook-timeouts": Rule(
        series="failures.timeouts",
        link=Link.WEBHOOK,
        op=Operator.AT_LEAST,
        info=Level(1),
        warning=Level(3),
        keep_firing_for=Seconds(_MINUTE),
        summary="Sends that took as long as the webhook may live: {value}",
        runbook="Look at the gateway: a send that takes 110 s and more waits for it. Restart its session "
        "if sends stay slow; the worker that was killed meanwhile left its customer waiting.",
    ),
    # Let's Encrypt renews 30 days before the end: 14 days say that two weeks of tries have failed.
    "certificate-ends": Rule(
        series="tls.days",
        op=Operator.BELOW,
        warning=Level(14),
        keep_firing_for=Seconds(_MINUTE),
        summary="The certificate of {note} ends; days left: {value}",
        runbook="Renew the certificate at the host, or find out why the automatic renewal failed. After "
        "it ends the gateway can't reach the webhook, and no message gets in.",
    ),
    # A try that fails is repeated after 15 min: two hours are a night's work that no try could do.
    "backup-late": Rule(
        series="backup.overdue",
        op=Operator.ABOVE,
        warning=Level(2 * _HOUR),
        keep_firing_for=Seconds(_MINUTE),
        summary="A backup is missing; it was due {duration} ago",
        runbook="Run qualtui backup now, and do what its error says. Is the disk of [backup] directory there and "
        "writable? Did somebody remove the newest archive?",
    ),
    # One failure is reported: nothing else shows that a hook or a full disk keeps the archives from their place.
    "backup-failed": Rule(
        series="backup.failures",
        op=Operator.AT_LEAST,
        warning=Level(1),
        keep_firing_for=Seconds(_MINUTE),
        summary="Backups that failed in a row: {value}; {note}",
        runbook="Make room in [backup] directory, or run its hook by hand and read its error. Then run qualtui "
        "backup now: it ends this.",
    ),
    # No archive is older than 35 days: after 30 without a check the last one that was verified is about to go.
    "backup-unverified": Rule(
        series="backup.unverified",
        op=Operator.ABOVE,
        warning=Level(30 * _DAY),
        keep_firing_for=Seconds(_MINUTE),
        summary="No backup of the last {duration} was verified",
        runbook="Fetch the identity that is kept offline and run qualtui backup verify --identity FILE. "
        "An archive that no one can open is no backup.",
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
        runbook="Write to the bot from another phone. No row after a minute: look at the webhook's "
        "address in the gateway, then restart the session. A holiday has this effect, too.",
    ),
}
