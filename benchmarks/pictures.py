"""Pictures of the window from invented snapshots, as SVG files: `python -m benchmarks.pictures [FOLDER]`."""

import asyncio
import os
import re
import sys
from pathlib import Path

os.environ["TEXTUAL_ANIMATIONS"] = "none"

from qualtui.app import QualtuiApp
from qualtui.wire import RunDoctor
from tests import snapshots
from tests.screens.stand_in import StandIn, until, window

FOLDER = Path(__file__).parent.parent / "docs"
PICTURES = (
    ("overview", "trouble", (160, 48), ()),
    ("overview-80x24", "trouble", (80, 24), ()),
    ("calm", "calm", (160, 48), ()),
    ("calm-80x24", "calm", (80, 24), ()),
    ("doctor", "trouble", (120, 36), ("d", "enter")),
)
FONTS = "'DejaVu Sans Mono', Menlo, Consolas, monospace"


def plain(svg: str) -> str:
    """The picture without fonts from elsewhere and without names that change from run to run."""
    svg = re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<!--.*?-->", "", svg)
    svg = re.sub(r"font-family:\s*[^;]+;", f"font-family: {FONTS};", svg)
    return re.sub(r"terminal-\d+", "terminal", svg)


async def picture(scene: str, size: tuple[int, int], keys: tuple[str, ...]) -> str:
    """One scene at one size, after these keys."""
    engine = StandIn(snapshots.SCENES[scene]())
    engine.answers[RunDoctor] = snapshots.examined()
    app: QualtuiApp = window(engine)
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.pid != 0)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await pilot.pause()
        return plain(app.export_screenshot(title="qualtui", simplify=True))


def main() -> int:
    """Writes all pictures and says where."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, scene, size, keys in PICTURES:
        path = folder / f"{name}.svg"
        path.write_text(asyncio.run(picture(scene, size, keys)), encoding="utf-8")
        print(path, path.stat().st_size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
