"""Series that goals are held against."""

from qualtui.series.declaration import Series

SERIES = (
    Series(
        "goal.minute", "", "down", "derived", "1: bot, database and gateway could answer customers; once a minute"
    ),
    Series(
        "goal.up", "%", "down", "our own store", "S15 in truth: good minutes of the known ones in 30 d, from 20 on"
    ),
    Series("goal.minutes_good", "", "", "our own store", "minutes of 30 d in which customers could be answered"),
    Series("goal.minutes_known", "", "", "our own store", "minutes of 30 d of which that is known"),
    Series(
        "goal.minutes_unknown", "", "up", "our own store", "minutes since the first look of which it is not known"
    ),
    Series(
        "goal.answered", "%", "down", "messages", "S17 in truth: answered of the last day's messages, from 20 on"
    ),
    Series("goal.messages_answered", "", "", "messages", "messages of the last day with a delivered answer"),
    Series("goal.messages", "", "", "messages", "messages of the last day that were answered or have failed"),
    Series(
        "goal.minute_answered",
        "",
        "",
        "messages",
        "messages of this minute that were answered within reply_within",
    ),
    Series("goal.minute_failed", "", "up", "messages", "customers of this minute who were not, counted once each"),
    Series(
        "goal.up_burn",
        "",
        "up",
        "our own store",
        "error budget of goal.up: how many times its limit it burns; from 1 on in both windows of a pair",
        budget=True,
    ),
    Series(
        "goal.up_left",
        "min",
        "down",
        "our own store",
        "error budget of goal.up: minutes of 30 d that may still fail",
    ),
    Series(
        "goal.up_lasts", "s", "down", "our own store", "how long that lasts at the last hour's rate; 30 d at most"
    ),
    Series(
        "goal.answered_burn",
        "",
        "up",
        "our own store",
        "error budget of messages answered in time: how many times its limit it burns; from 1 on in both windows",
        budget=True,
    ),
    Series(
        "goal.answered_left", "", "down", "our own store", "error budget: messages of 30 d that may still fail"
    ),
    Series(
        "goal.answered_lasts",
        "s",
        "down",
        "our own store",
        "how long that lasts at the last hour's rate; 30 d at most",
    ),
)
