"""Is our own network broken? Anything remote that answers proves that it works."""

from collections.abc import Sequence

from qualtui.doctor.report import Contact, Reach
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.text.message import message


def network_findings(contacts: Sequence[Contact]) -> Finding:
    """One line on what could be reached."""
    check, what = "network", message("network from here")
    far = [contact for contact in contacts if not contact.near]
    if not far:
        return skipped(check, what, message("everything watched is on this machine"))
    back = [contact.of for contact in far if contact.reach in {Reach.ANSWERED, Reach.REFUSED}]
    lost = [contact.of for contact in far if contact.reach in {Reach.SILENT, Reach.UNASKED}]
    if not back:
        why = message("nothing remote answers: {names}", names=lost)
        return failed(check, what, why, message("check this machine's network first: ip route, resolvectl status"))
    if any(contact.reach is Reach.UNASKED for contact in far):
        why = message("reachable: {reached}; not reachable from here: {lost}", reached=back, lost=lost)
        todo = message("check their names and routes: a direct Supabase host needs IPv6")
        return warning(check, what, why, todo)
    return ok(check, what, message("reachable: {names}", names=back))
