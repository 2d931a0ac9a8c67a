"""People, the on-call order and escalation steps name what exists; each mistake is one line."""

import pytest

from qualtui.config.values import Day, Seconds
from tests.config.sample import AGENT, problems, read

TEAM = """
[notify.channels.slack]
url = "json://127.0.0.1"
[notify.channels.ana-phone]
url = "json://127.0.0.1"
ringing = true
[people.ana]
channels = ["ana-phone"]
language = "pt_BR"
[oncall]
order = ["ana"]
owner = "ana"
"""


def test_people_and_steps_are_read() -> None:
    steps = (
        '[[notify.escalation]]\nto = ["on-call"]\n[[notify.escalation]]\nafter = "5m"\nto = ["slack", "owner"]\n'
    )
    config = read(AGENT + TEAM + steps)
    assert config.people["ana"].channels == ("ana-phone",)
    assert (config.oncall.order, config.notify.channels["ana-phone"].ringing) == (("ana",), True)
    assert [(one.after, one.to) for one in config.notify.escalation] == [
        (Seconds(0), ("on-call",)),
        (Seconds(300), ("slack", "owner")),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[people.ana]\nchannels = ["slak"]', 'people.ana.channels: found "slak", expected a channel: none'),
        ("[people.next]\nchannels = []", 'people.next: found "next", expected a name that is not a word'),
        ('[people.ana]\nlanguage = "12"', 'people.ana.language: found "12", expected a language such as'),
        ('[oncall]\norder = ["ana"]', 'oncall.order: found "ana", expected a person of [people.NAME]: none'),
        ('[oncall]\nowner = "ana"', 'oncall.owner: found "ana", expected a person of [people.NAME]: none'),
        (
            '[[notify.escalation]]\nto = ["bob"]',
            'notify.escalation[1].to: found "bob", expected a channel, a person',
        ),
        ('[[notify.escalation]]\nto = ["on-call"]', "expected [oncall] order to name people"),
        ('[[notify.escalation]]\nto = ["owner"]', "expected [oncall] owner to name a person"),
        ("[[notify.escalation]]\nto = []", "expected at least one channel, person, on-call, next or owner"),
        (
            '[[notify.escalation]]\nto = ["a"]\nhours = "8-18"',
            'found "8-18", expected hours such as "08:00-20:00"',
        ),
        (
            '[[notify.escalation]]\nto = ["a"]\ndays = ["monday"]',
            'found "monday", expected one of mon, tue, wed, thu',
        ),
        ('[[notify.escalation]]\nto = ["a"]\nzone = "Sao Paulo"', 'expected a time zone such as "America'),
        ('[people.ana]\nzone = "Lisbon"', 'people.ana.zone: found "Lisbon", expected a time zone such as'),
        ("[notify]\nescalation_rounds = -1", "expected a whole number from 0 (never) to 100"),
    ],
)
def test_a_mistake_is_one_line(text: str, said: str) -> None:
    assert any(said in str(problem) for problem in problems(AGENT + text)), problems(AGENT + text)


def test_steps_come_one_after_the_other_and_rounds_after_them() -> None:
    steps = '[[notify.escalation]]\nafter = "5m"\nto = ["ana"]\n' * 2
    assert any("later than the 300 s" in str(one) for one in problems(AGENT + TEAM + steps))
    late = '[[notify.escalation]]\nafter = "40m"\nto = ["ana"]\n'
    assert any("longer than the 2400 s" in str(one) for one in problems(AGENT + TEAM + late))


def test_a_step_for_the_day_and_one_for_the_night_may_begin_together() -> None:
    day = '[[notify.escalation]]\nto = ["ana"]\nhours = "08:00-18:00"\ndays = ["mon", "fri"]\n'
    night = '[[notify.escalation]]\nto = ["ana"]\nhours = "18:00-08:00"\n'
    assert read(AGENT + TEAM + day + night).notify.escalation[0].days == (Day.MON, Day.FRI)
    always = '[[notify.escalation]]\nto = ["slack"]\n'
    assert any("later than the 0 s" in str(one) for one in problems(AGENT + TEAM + day + always))
