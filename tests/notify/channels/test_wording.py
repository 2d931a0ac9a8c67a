"""What others wrote calls nobody, hides no link and lays nothing out, in any channel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.notify.channels.wording import discord, neutral, wording_for

GAP = "\u200b"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("@everyone and @here", f"@{GAP}everyone and @{GAP}here"),
        ("ana@example.com", "ana@example.com"),
        ("<!channel> <@U12> <@&34>", f"<{GAP}!channel> <@{GAP}U12> <{GAP}@&34>"),
        ("<users/all>", f"<{GAP}users/all>"),
        ("[x](http://evil.example)", f"[x]{GAP}(http://evil.example)"),
        ("2 < 3 & [a] (b)", "2 < 3 & [a] (b)"),
    ],
)
def test_mentions_and_disguised_links_are_broken_and_stay_readable(text: str, read: str) -> None:
    assert neutral(text) == read
    assert neutral(text).replace(GAP, "") == text


@given(st.text())
def test_nothing_but_gaps_is_added(text: str) -> None:
    assert neutral(text).replace(GAP, "") == text.replace(GAP, "")
    assert "](" not in neutral(text)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("bot_owes *5* `f`", r"bot\_owes \*5\* \`f\`"),
        ("see https://wiki.example/a_b_c now_", r"see https://wiki.example/a_b_c now\_"),
        ("# big\n> said\n  - item", "\\# big\n\\> said\n  \\- item"),
        ("#4 is open - still", "#4 is open - still"),
    ],
)
def test_discord_shows_names_with_underscores_as_they_are_and_addresses_stay_links(text: str, sent: str) -> None:
    assert discord(text) == sent


def test_what_programs_read_is_not_changed_but_for_control_characters() -> None:
    assert wording_for("NotifyJSON", "@here", "[x](y)\n<b>\x1b[2J") == ("@here", "[x](y)\n<b> [2J")


def test_teams_keeps_lines_apart() -> None:
    assert wording_for("NotifyWorkflows", "t", "a\nb")[1] == "a\n\nb"
