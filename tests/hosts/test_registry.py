"""No host can be polled yet, and no configuration pretends otherwise."""

import pytest

from qualtui.hosts.registry import KINDS
from tests.config.sample import AGENT, problems


@pytest.mark.parametrize("kind", ["render", "process"])
def test_a_host_in_the_configuration_is_refused_while_no_kind_is_known(kind: str) -> None:
    assert kind not in KINDS
    (problem,) = problems(AGENT + f'[agents.bot.host]\nkind = "{kind}"\n')
    assert (problem.key, problem.found) == ("agents.bot.host", "an unknown key")
