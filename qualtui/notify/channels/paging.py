"""What paging services need besides the text: one incident of theirs for one of ours, from firing to resolved.

Apprise alone opens a PagerDuty incident for each notice, the resolved notice too, and sends Opsgenie neither a
test nor the end of an alert while it reports both as sent.
"""

from typing import Any
from urllib.parse import quote, urlsplit


def prepare_paging(plugin: Any, url: str, about: str) -> None:
    """Set the service's key of the incident, and what resolves it, unless the URL sets them."""
    name = type(plugin).__name__
    if name == "NotifyPagerDuty":
        plugin.dedup = plugin.dedup or about or None
        if plugin.dedup and "action=" not in urlsplit(url).query:
            plugin.action = "map"  # success resolves
    elif name == "NotifyOpsgenie":
        plugin.alias = plugin.alias or about or None
        if ":info" not in url:
            from apprise import NotifyType

            plugin.mapping[NotifyType.INFO] = "new"  # so that a test is visible


def resolve_page(plugin: Any, kind: str, body: str) -> bool | None:
    """Close the Opsgenie alert of a resolved incident: whether it was accepted; None for any other service."""
    if type(plugin).__name__ != "NotifyOpsgenie" or kind != "success" or plugin.action != "map":
        return None
    from apprise import NotifyType

    if plugin.mapping[NotifyType.SUCCESS] != "close" or not plugin.alias:
        return None
    import requests
    from apprise.plugins.opsgenie import OPSGENIE_API_LOOKUP

    url = f"{OPSGENIE_API_LOOKUP[plugin.region_name]}/{quote(plugin.alias, safe='')}/close"
    payload = {"source": "qualtui", "note": body}
    taken, _request = plugin._fetch(requests.post, url, payload, {"identifierType": "alias"})
    return bool(taken)
