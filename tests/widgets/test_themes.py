"""The themes: contrast by WCAG 2.1, and severities that eyes without red or green cones tell apart.

Simulation: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB. Distance: CIE 1976 in L*a*b*, D65.
"""

from itertools import combinations

import pytest
from rich.color import ColorSystem
from rich.color_triplet import ColorTriplet

from qualtui.widgets.look import Look
from qualtui.widgets.themes import COLOURS, GROUNDS, PLAIN, app_theme, styles

Rgb = tuple[float, float, float]
TEXT, GRAPHIC = 4.5, 3.0  # least contrast of words, and of what is drawn: WCAG 2.1, 1.4.3 and 1.4.11
FAR = 7.0  # of words on the wall: 1.4.6
APART = 20.0  # ten times what a trained eye just notices beside each other
DRAWN = ("spark", "sparktop", "warnspark", "critspark")
ORNAMENT = ("rule", "gap", "sparkbody", "warnbody", "critbody")  # nothing is lost with them
SEVERITIES = ("good", "busy", "warn", "crit", "unknown")
EYES = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def colours(theme: str, token: str, system: ColorSystem = ColorSystem.TRUECOLOR) -> tuple[Rgb, Rgb]:
    """The linear colours of a token's sign and of its ground, as a terminal of this kind shows them."""
    style = styles(theme)[token]
    assert style.color is not None
    assert style.bgcolor is not None
    sign, ground = (one.downgrade(system).get_truecolor() for one in (style.color, style.bgcolor))
    return linear(sign), linear(ground)


def linear(triplet: ColorTriplet) -> Rgb:
    red, green, blue = (one / 255 for one in triplet)
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def contrast(one: Rgb, other: Rgb) -> float:
    light, dark = sorted((0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (one, other)))[
        ::-1
    ]
    return (light + 0.05) / (dark + 0.05)


def seen(colour: Rgb, eyes: str) -> Rgb:
    red, green, blue = (
        min(1.0, max(0.0, sum(part * value for part, value in zip(row, colour, strict=True))))
        for row in EYES[eyes]
    )
    return red, green, blue


def lab(colour: Rgb) -> Rgb:
    red, green, blue = colour
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116
        for part in (
            (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047,
            0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
            (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: Rgb, other: Rgb, eyes: str) -> float:
    pairs = zip(lab(seen(one, eyes)), lab(seen(other, eyes)), strict=True)
    return float(sum((left - right) ** 2 for left, right in pairs) ** 0.5)


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT], ids=["truecolor", "256"])
@pytest.mark.parametrize("theme", COLOURS)
def test_every_word_has_contrast_on_its_ground(theme: str, system: ColorSystem) -> None:
    least = FAR if theme == "wall" else TEXT
    for token in COLOURS[theme]:
        if token in ORNAMENT:
            continue
        badge = " on " in COLOURS[theme][token]
        wanted = GRAPHIC if token in DRAWN else TEXT if badge else least
        found = contrast(*colours(theme, token, system))
        assert found >= wanted, f"{theme} {token}: {found:.1f} is less than {wanted}"


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT], ids=["truecolor", "256"])
@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", COLOURS)
def test_severities_are_told_apart_by_every_eye(theme: str, eyes: str, system: ColorSystem) -> None:
    for group in (SEVERITIES, ("spark", "warnspark", "critspark"), ("good", "busy", "warnspark", "critspark")):
        for one, other in combinations(group, 2):
            apart = distance(colours(theme, one, system)[0], colours(theme, other, system)[0], eyes)
            assert apart >= APART, f"{theme} {one} {other}: {apart:.1f} for {eyes}"


def test_a_red_and_a_green_of_one_lightness_would_be_found() -> None:
    red, green = linear(ColorTriplet(0xFF, 0x6B, 0x62)), linear(ColorTriplet(0x4F, 0x8A, 0x68))
    assert distance(red, green, "normal") > 4 * APART
    assert distance(red, green, "protanopia") < APART


def test_every_theme_has_every_token() -> None:
    assert {frozenset(one) for one in (*COLOURS.values(), PLAIN)} == {frozenset(PLAIN)}
    assert set(GROUNDS) == set(COLOURS)


@pytest.mark.parametrize("theme", COLOURS)
def test_dialogs_stand_on_the_same_ground_as_the_cells(theme: str) -> None:
    style = Look(theme=theme).style("text")
    assert style.bgcolor is not None
    assert style.bgcolor.name == app_theme(theme).background


def test_few_colours_leave_the_terminal_its_own_ground_whatever_the_theme() -> None:
    assert {str(Look(plain=True, theme=theme).style("text").bgcolor) for theme in COLOURS} == {
        str(Look(plain=True).style("text").bgcolor)
    }
