"""Is it our network or theirs? What answered from elsewhere proves ours."""

from collections.abc import Sequence

from qualtui.doctor.report import Contact, Reach
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.text import _


def network_findings(contacts: Sequence[Contact]) -> Finding:
    """One line on what could be reached at all."""
    check, what = "network", _("network from here")
    far = [contact for contact in contacts if not contact.near]
    if not far:
        return skipped(check, what, _("all that is watched is on this machine"))
    back = [contact.of for contact in far if contact.reach in {Reach.ANSWERED, Reach.REFUSED}]
    lost = [contact.of for contact in far if contact.reach in {Reach.SILENT, Reach.UNASKED}]
    if not back:
        why = _("nothing elsewhere answers ({})").format(", ".join(lost))
        return failed(check, what, why, _("look at this machine's network first: ip route, resolvectl status"))
    if any(contact.reach is Reach.UNASKED for contact in far):
        why = _("{} answer, {} cannot be asked from here").format(", ".join(back), ", ".join(lost))
        return warning(check, what, why, _("see their names and routes: a direct Supabase host needs IPv6"))
    return ok(check, what, _("{} answer").format(", ".join(back)))
