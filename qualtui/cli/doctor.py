"""`qualtui doctor`: check every link and permission, change nothing."""

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
from qualtui.cli.words import words
from qualtui.config.values import Config
from qualtui.model.findings import Finding, FindingVerdict, doctor_exit_code
from qualtui.text import _

GLYPHS = {
    FindingVerdict.OK: "●",
    FindingVerdict.WARNING: "▲",
    FindingVerdict.FAILED: "✖",
    FindingVerdict.SKIPPED: "○",
}
PLAIN = {
    FindingVerdict.OK: "+",
    FindingVerdict.WARNING: "!",
    FindingVerdict.FAILED: "X",
    FindingVerdict.SKIPPED: "-",
}
_WHAT = 27  # cells of the subject's column


def command(
    config: ConfigOption = None,
    as_json: JsonOption = False,
    sql: Annotated[bool, typer.Option("--sql", help=_("Print only the SQL that fixes the findings."))] = False,
) -> int:
    """Check every link and permission, change nothing. Exit code 0 ok, 1 warnings, 2 failures, 3 could not run.

    \b
    Example:
      qualtui doctor
      qualtui doctor --sql > fixes.sql
      qualtui doctor --json
    """
    read = resolve_config(config)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    paper = None if as_json or sql else Paper(ascii_only=read.screen.ascii, width=width)
    if paper is not None and sys.stderr.isatty():
        print(_("Checking everything once. A busy bot takes up to half a minute ..."), file=sys.stderr)
    started = time.monotonic()
    findings = asyncio.run(_findings(read, paper))
    if as_json:
        print_json({"code": doctor_exit_code(findings), "findings": findings})
    elif sql:
        print("\n".join(statements(findings)))
    elif paper is not None:
        paper.end(findings, time.monotonic() - started)
    return doctor_exit_code(findings)


async def _findings(config: Config, paper: "Paper | None") -> list[Finding]:
    from qualtui.doctor.run import run_doctor

    found: list[Finding] = []
    async for finding in run_doctor(config, time.time):
        found.append(finding)
        if paper is not None:
            paper.show(finding)
    return found


class Paper:
    """Findings as lines on stdout; wrapped if `width` is not 0."""

    def __init__(self, *, ascii_only: bool, width: int) -> None:
        self._glyphs = PLAIN if ascii_only else GLYPHS
        self._arrow = "-> " if ascii_only else "→ "
        self._width = width
        self._agent: str | None = None

    def show(self, finding: Finding) -> None:
        """Print a finding under the name of its agent."""
        if finding.agent != self._agent:
            self._agent = finding.agent
            print(finding.agent or "qualtui")
        print("\n".join(self.lines(finding)), flush=True)

    def end(self, findings: Sequence[Finding], seconds: float) -> None:
        """Print the SQL, after it the failures once more, and the number of each verdict."""
        if repairs := statements(findings):
            print(
                "\n"
                + _("SQL for the owner of the bot's tables. Read it before you run it (--sql prints it alone):")
            )
            print(textwrap.indent("\n".join(repairs), "  "))
            worst = [finding for finding in findings if finding.verdict is FindingVerdict.FAILED]
            if worst:
                print("\n" + _("Failures:"))
            for finding in worst:
                print("\n".join(self.lines(finding)))
        count = Counter(finding.verdict for finding in findings)
        template = _("failed {failed}, warning {warning}, ok {ok}, skipped {skipped}; {seconds:.1f} s")
        print(
            "\n"
            + template.format(**{verdict.value: count[verdict] for verdict in FindingVerdict}, seconds=seconds)
        )

    def lines(self, finding: Finding) -> list[str]:
        """A finding, and what to do below it."""
        head = f"  {self._glyphs[finding.verdict]} {finding.verdict:<8} {words(finding.what):<{_WHAT}} "
        rows = self._wrapped(words(finding.why), head)
        todo = words(finding.todo)
        return rows + (self._wrapped(todo, " " * len(head) + self._arrow) if todo else [])

    def _wrapped(self, text: str, head: str) -> list[str]:
        room = self._width - len(head) - 1
        if room < 20:
            return [head + text]
        rows = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
        return [head + rows[0], *(" " * len(head) + row for row in rows[1:])]


def statements(findings: Sequence[Finding]) -> list[str]:
    """The SQL that fixes the findings, ready for psql: each part below its finding."""
    lines: list[str] = []
    for finding in findings:
        if finding.sql:
            lines += [
                f"-- {finding.agent}: {words(finding.why)}",
                *(f"{statement};" for statement in finding.sql),
                "",
            ]
    return lines[:-1]
