"""Which statement of probes/sql answers a series, for whoever wants to see where a figure comes from. Pure."""

_SLOW = {
    "row.leads_unprocessed": "slow_leads_unprocessed",
    "row.leads_processed": "slow_leads_processed",
    "db.size": "slow_database_size",
    "leads.created_1h": "slow_leads_created",
    "row.reply_mean": "slow_reply_mean",
    "row.sessions_stuck": "slow_sessions_stuck",
    "sessions.active": "slow_sessions_active",
    "sessions.waiting_client": "slow_sessions_situation",
    "sessions.never_messaged": "slow_sessions_situation",
    "sessions.same_question": "slow_same_question",
    "sessions.looping": "slow_same_question",
    "leads.conversion": "slow_conversion",
    "leads.qualified": "slow_conversion",
    "leads.assessed": "slow_conversion",
    "failures.logged": "slow_errors_logged",
}


def query_of(series: str, source: str) -> str:
    """The file in probes/sql whose statement answers this series; empty where none does alone."""
    if series in _SLOW:
        return _SLOW[series]
    tables = {part.strip() for part in source.split(",")}
    return "customers_messages" if "messages" in tables else "customers_leads" if tables == {"leads"} else ""
