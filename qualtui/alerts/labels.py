"""The labels of an alert, which matchers speak of. Pure."""

from collections.abc import Mapping

from qualtui.model import AlertState


def labels_of(
    alert: AlertState, of_agent: Mapping[str, Mapping[str, str]], of_rule: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Return agent, rule, severity, link and incident of an alert, and the labels of its agent and its rule.

    A rule's label goes before its agent's, as in Prometheus; the configuration allows neither to take a name
    of the first five.
    """
    labels = {**of_agent.get(alert.agent, {}), **of_rule.get(alert.rule, {})}
    labels |= {"agent": alert.agent, "rule": alert.rule, "severity": alert.severity.value, "link": alert.link}
    if alert.number:
        labels["incident"] = str(alert.number)
    return labels
