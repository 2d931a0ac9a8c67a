"""`qualtui doctor`: every link and permission tried, nothing changed."""

import asyncio
import shutil
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer

from qualtui.cli.common import resolve_config
from qualtui.cli.options import ConfigOption, JsonOption
from qualtui.cli.tables import print_json
from qualtui.config.values import Config
from qualtui.findings import Finding, Verdict, exit_code
from qualtui.text import _

GLYPHS = {Verdict.OK: "●", Verdict.WARNING: "▲", Verdict.FAILED: "✖", Verdict.SKIPPED: "○"}
PLAIN = {Verdict.OK: "+", Verdict.WARNING: "!", Verdict.FAILED: "X", Verdict.SKIPPED: "-"}
_WHAT = 27  # cells of what was looked at


def command(
    config: ConfigOption = None,
    as_json: JsonOption = False,
    sql: Annotated[bool, typer.Option("--sql", help=_("Only the SQL that mends what was found."))] = False,
) -> int:
    """Try every link and permission, change nothing. Exit code 0 ok, 1 warnings, 2 failures, 3 could not run.

    \b
    Example:
      qualtui doctor
      qualtui doctor --sql > mend.sql
      qualtui doctor --json
    """
    read = resolve_config(config)
    quiet = as_json or sql
    if not quiet and sys.stderr.isatty():
        print(_("asking everybody once; a busy bot takes up to half a minute ..."), file=sys.stderr)
    started = time.monotonic()
    findings = asyncio.run(_examined(read, tell=not quiet))
    if as_json:
        print_json({"code": exit_code(findings), "findings": findings})
    elif sql:
        print("\n".join(statements(findings)))
    else:
        _print_rest(findings, time.monotonic() - started)
    return exit_code(findings)


async def _examined(config: Config, *, tell: bool) -> list[Finding]:
    from qualtui.doctor.examination import examine

    glyphs = PLAIN if config.screen.ascii else GLYPHS
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    found: list[Finding] = []
    async for finding in examine(config, time.time):
        if tell:
            if not found or found[-1].agent != finding.agent:
                print(finding.agent or "qualtui", flush=True)
            for line in lines(finding, glyphs, width):
                print(line, flush=True)
        found.append(finding)
    return found


def lines(finding: Finding, glyphs: dict[Verdict, str], width: int = 0) -> list[str]:
    """A finding for people, and below it what to do; wrapped where `width` is not 0."""
    head = f"  {glyphs[finding.verdict]} {finding.verdict:<8} {finding.what:<{_WHAT}} "
    arrow = "-> " if glyphs is PLAIN else "→ "
    told = _wrapped(finding.why, head, width)
    return told + (_wrapped(finding.todo, " " * len(head) + arrow, width) if finding.todo else [])


def _wrapped(text: str, head: str, width: int) -> list[str]:
    room = width - len(head) - 1
    if width == 0 or room < 20:
        return [head + text]
    rows = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    return [head + rows[0], *(" " * len(head) + row for row in rows[1:])]


def statements(findings: Sequence[Finding]) -> list[str]:
    """The SQL that mends what was found, ready for psql: each part under what it mends."""
    told: list[str] = []
    for finding in findings:
        if finding.sql:
            told += [f"-- {finding.agent}: {finding.why}", *(f"{statement};" for statement in finding.sql), ""]
    return told[:-1]


def _print_rest(findings: Sequence[Finding], seconds: float) -> None:
    if mend := statements(findings):
        print("\n" + _("SQL, for the owner of the bot's tables; read it first (`--sql` prints it alone):"))
        print(textwrap.indent("\n".join(mend), "  "))
    count = Counter(finding.verdict for finding in findings)
    told = _("{failed} failed, {warning} warnings, {ok} ok, {skipped} skipped; {seconds:.1f} s").format(
        failed=count[Verdict.FAILED], warning=count[Verdict.WARNING], ok=count[Verdict.OK],
        skipped=count[Verdict.SKIPPED], seconds=seconds,
    )  # fmt: skip
    print(f"\n{told}")
