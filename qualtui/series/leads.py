"""Series of what becomes of leads, slow lane."""

from qualtui.series.declaration import Series

SERIES = (
    Series(
        "leads.conversion",
        "%",
        "down",
        "qualificacoes, leads, messages",
        "ever qualified of those assessed in 30 d, from 20 on: by result, status or offered meeting; slow lane",
    ),
    Series("leads.created_1h", "/h", "", "leads", "leads created in the last hour, slow lane", usual=31.0),
    Series("leads.qualified", "", "", "qualificacoes, leads, messages", "leads ever qualified in 30 d, slow lane"),
    Series("leads.assessed", "", "", "qualificacoes", "leads assessed in 30 d, slow lane"),
)
