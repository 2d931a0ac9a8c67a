"""Series of qualtui's own sight: what contradicts, fails or can't be seen."""

from qualtui.series.declaration import Series

SERIES = (
    Series("sight.disagree", "", "up", "derived", "figures that another source contradicts; the note names them"),
    Series("engine.fault", "", "up", "derived", "what our own code fails to do for this agent; the note names it"),
    Series("sight.blind", "s", "up", "derived", "how long the worst vital series has had no answer at all"),
)
