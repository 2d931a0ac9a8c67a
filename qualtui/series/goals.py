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
)
