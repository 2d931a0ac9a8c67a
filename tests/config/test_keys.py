"""[keys]: what is no key, no binding, or another binding's key is told."""

import pytest
from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.keys import Keys, _character_to_key

from qualtui.app import QualtuiApp
from qualtui.config.errors import ConfigErrors
from qualtui.config.keys import BINDINGS, EXPECTED, NAMES, is_key, wrong_keys
from qualtui.config.load import loads
from qualtui.widgets.list_keys import LIST_BINDINGS, NOTICE_BINDINGS
from qualtui.widgets.table import Table
from qualtui.widgets.time_range import RANGE_BINDINGS
from tests.config.sample import FILE


def own() -> list[Binding]:
    return [
        binding
        for binding in (*QualtuiApp.BINDINGS, *Table.BINDINGS, *RANGE_BINDINGS, *LIST_BINDINGS, *NOTICE_BINDINGS)
        if isinstance(binding, Binding)
    ]


def test_the_bindings_and_their_keys_are_the_screens_own() -> None:
    screens = {binding.id: tuple(one.key for one in Binding.make_bindings([binding])) for binding in own()}
    ours = {name: tuple(_as_textual(key) for key in keys) for name, keys in BINDINGS.items()}
    assert ours == screens
    assert list(ours) == list(screens)


def test_every_name_of_a_key_is_one_that_the_screen_is_told() -> None:
    characters = {_character_to_key(","), "space"}
    assert set(NAMES) <= {key.value for key in Keys} | characters


@pytest.mark.parametrize("key", ["h", "N", "?", "%", "é", "f12", "ctrl+h", "alt+h", "ctrl+shift+f1", "shift+tab"])
def test_what_is_a_key_is_bound(key: str) -> None:
    assert is_key(key)
    assert wrong_keys({"help": key}) == []
    app: App[None] = App()
    app.set_keymap({"help": key})
    bound = BindingsMap([Binding("question_mark", "help", id="help")])
    bound.apply_keymap(app._keymap)
    assert list(bound.key_to_bindings) == [_as_textual(key)]


def _as_textual(key: str) -> str:
    return _character_to_key(key) if len(key) == 1 else key


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('hellp = "f1"', 'keys.hellp: found an unknown key, expected "help"'),
        ('help = "f"', 'keys.help: found "f", which is the key of "fix", expected a key that nothing else uses'),
        (
            'help = "f5"\nfix = "f5"',
            'keys.fix: found "f5", which is the key of "help", expected a key that nothing else uses',
        ),
        ('help = "notakey"', f'keys.help: found "notakey", expected {EXPECTED}'),
        ('help = "PageDn"', 'keys.help: found "PageDn", expected "pagedown"'),
        ('help = ""', f'keys.help: found "", expected {EXPECTED}'),
        ('help = "f1,"', f'keys.help: found "", expected {EXPECTED}'),
        ('help = "shift+h"', f'keys.help: found "shift+h", expected {EXPECTED}'),
        ("help = 1", "keys.help: found 1, expected a text"),
    ],
)
def test_a_wrong_key_is_told_with_its_file_and_what_was_meant(text: str, told: str) -> None:
    with pytest.raises(ConfigErrors) as refused:
        loads(f'[agents.bot.health]\nurl = "http://bot"\n[keys]\n{text}'.encode(), FILE, {})
    assert str(refused.value) == f"{FILE}: {told}"


def test_two_bindings_may_change_their_keys() -> None:
    assert wrong_keys({"help": "f", "fix": "?"}) == []
