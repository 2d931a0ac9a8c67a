"""docs/alerting.md has every difference to Prometheus and Alertmanager that the code marks, and no other."""

import re
from pathlib import Path

TOP = Path(__file__).parents[2]
NAMED = {
    "no-data",
    "group-wait",
    "resolve-through-silence",
    "acknowledgement",
    "min-events",
}  # never to be left out


def listed() -> list[list[str]]:
    """The table's rows: id, there, here, because."""
    text = (TOP / "docs/alerting.md").read_text(encoding="utf-8").split("## Where it differs from Prometheus")[1]
    rows = [line.strip("|").split("|") for line in text.split("\n## ")[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if row[0].strip() != "id"]


def marked() -> list[str]:
    """The ids in comments `# Unlike Prometheus or Alertmanager (docs/alerting.md): ID, ID`."""
    sources = sorted((TOP / "qualtui").rglob("*.py"))
    found = [
        re.findall(
            r"# Unlike Prometheus or Alertmanager \(docs/alerting.md\): (.+)", path.read_text(encoding="utf-8")
        )
        for path in sources
    ]
    return [name.strip() for each in found for line in each for name in line.split(",")]


def test_the_table_has_each_difference_of_the_code_once_and_no_other() -> None:
    ids = [row[0] for row in listed()]
    assert sorted(ids) == sorted(set(marked()))
    assert set(ids) >= NAMED


def test_each_difference_says_what_is_there_what_is_here_and_why() -> None:
    assert all(len(row) == 4 and all(row) for row in listed())
