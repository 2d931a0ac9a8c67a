"""The papers around the code say what is so."""

import ast
import configparser
import io
import re
import shlex
import subprocess
import tokenize
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from benchmarks.house import shared_names, touched, unread_fields
from qualtui import __version__
from qualtui.cli.app import app
from qualtui.config.rules import BUILT_IN
from qualtui.fixes.claims import RIGHTS, STORE_RIGHTS
from qualtui.series.catalogue import DECLARED
from tests.postgres import AgentDatabase

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text(encoding="utf-8")
DOCS = sorted((TOP / "docs").glob("*.md"))
UNIT = TOP / "packaging/qualtui.service"


def exists(words: list[str]) -> bool:
    """Whether the words lead to a command; what follows a command are its arguments."""
    group: Any = get_command(app)
    for word in words:
        if not hasattr(group, "get_command"):
            return True
        group = group.get_command(None, word)
        if group is None:
            return False
    return True


def commands(text: str) -> list[tuple[str, ...]]:
    """The words after `qualtui` in code, up to an option or the end."""
    code = re.findall(r"`(?:\S+=\S+ )?qualtui([^`\n]*)`", text) + re.findall(
        r"^ *qualtui (.*)$", text, re.MULTILINE
    )
    return sorted({tuple(re.findall(r"^[a-z0-9 ]*", line.strip())[0].split()) for line in code})


@pytest.mark.parametrize("words", [words for words in commands(README) if words], ids=" ".join)
def test_every_command_in_the_readme_is_there(words: tuple[str, ...]) -> None:
    assert exists(list(words))


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *(f"docs/{one.name}" for one in DOCS)])
def test_every_file_that_a_page_links_to_is_there(page: str) -> None:
    text = (TOP / page).read_text(encoding="utf-8")
    links = re.findall(r"\[[^\]]*\]\((?!https?:)([^)#]+)\)", text)
    assert [link for link in links if not (TOP / page).parent.joinpath(link).is_file()] == []


def test_the_step_lists_name_files_that_are_there() -> None:
    text = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
    examples = re.compile("disk|evolution|hosts/fly")
    named = {name for name in re.findall(r"`([a-z_/]+\.py)`", text) if not examples.search(name)}
    assert len(named) > 20
    places = (TOP, TOP / "qualtui", TOP / "qualtui/probes", TOP / "qualtui/notify/channels", TOP / "qualtui/cli")
    nowhere = {name for name in named if not any((place / name).is_file() for place in places)}
    assert nowhere == set()


def test_the_architecture_names_files_that_are_there() -> None:
    text = (TOP / "docs/architecture.md").read_text(encoding="utf-8").split("## Configuration")[0]
    named = set(re.findall(r"`([a-z_/]+\.py)`", text))
    nowhere = {name for name in named if not (TOP / name).is_file() and not [*(TOP / "qualtui").rglob(name)]}
    assert len(named) > 40
    assert nowhere == set()


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) < 200


def test_the_five_minutes_in_the_readme_name_all_that_the_example_wants() -> None:
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    minutes = readme.split("## First configuration in five minutes")[1].split("\n## ")[0]
    example = (TOP / "config.toml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"^[^#\n]*\$\{(QUALTUI_(?:AGENT|DSN|WRITE|WAHA)\w*)", example, re.MULTILINE))
    assert {name for name in wanted if name not in minutes} == set()
    assert "psql " in minutes


def test_the_passwords_of_the_roles_stand_in_a_dsn_as_they_are() -> None:
    roles = (TOP / "docs/roles.sql").read_text(encoding="utf-8")
    passwords = re.findall(r"PASSWORD '([^']*)'", roles)
    assert len(passwords) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9]+", one) for one in passwords)


def test_no_two_public_classes_share_a_name() -> None:
    names, classes, _functions = shared_names(TOP / "qualtui")
    assert names > 500
    assert classes == {}


def test_every_field_on_the_wire_is_read_by_someone() -> None:
    assert unread_fields(TOP / "qualtui") == ()


def test_the_steps_of_an_addition_stay_short() -> None:
    assert len(touched("A command")) <= 8
    assert len(touched("A page")) <= 7
    assert len(touched("A probe")) <= 14


def test_the_glossary_of_the_docs_names_what_the_code_names() -> None:
    terms = re.findall(r"^\| `(\w+)` \|", (TOP / "docs/glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    source = "\n".join(path.read_text(encoding="utf-8") for path in (TOP / "qualtui").rglob("*.py"))
    assert len(terms) > 15
    assert [term for term in terms if not re.search(rf"^class {term}\b", source, re.MULTILINE)] == []


def test_the_changelog_speaks_of_this_version() -> None:
    assert f"# {__version__}" in (TOP / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_unit_starts_a_command_that_is_there() -> None:
    unit = configparser.RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys have capitals
    unit.read(UNIT)
    service = unit["Service"]
    program, option, config, *words = shlex.split(service["ExecStart"])
    assert (Path(program).name, option, config) == ("qualtui", "--config", "/etc/qualtui/config.toml")
    assert words == ["watch"]
    assert (service["Type"], service["Restart"]) == ("exec", "always")
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_the_ci_script_is_sound_and_can_be_run() -> None:
    script = TOP / ".ci/run"
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert script.read_text().rstrip().endswith("make check\nmake test")


def test_every_check_of_the_doctor_is_in_its_list() -> None:
    listed: set[str] = set()
    for first in re.findall(
        r"^\| (`[^|]*) \|", (TOP / "docs/doctor.md").read_text(encoding="utf-8"), re.MULTILINE
    ):
        group = ""
        for name in re.findall(r"`([^`]+)`", first):
            group = name.partition(".")[0] or group  # `.session` is short for `gateway.session`
            listed.add(f"{group}.{name.rpartition('.')[2]}" if "." in name else name)
    source = "".join(file.read_text(encoding="utf-8") for file in (TOP / "qualtui/doctor").glob("*.py"))
    groups = "agent|config|database|gateway|notify|retry|schema|series|store|write"
    told = set(re.findall(rf'"((?:{groups})\.[a-z]+)"', source))
    assert len(told) > 40
    assert {name for name in told if name not in listed and f"{name.partition('.')[0]}.*" not in listed} == set()


async def test_the_roles_may_do_what_the_probes_ask_and_no_more(agent_db: AgentDatabase) -> None:
    asked = {
        (table, column)
        for file in (TOP / "qualtui").glob("**/sql/*.sql")
        if not file.name.startswith("retry_")  # the writer alone asks these
        for table, column in re.findall(r"\{\{(\w+)\.(\w+)\}\}", file.read_text(encoding="utf-8"))
    }
    assert ("messages", "tipo") in asked
    may = "SELECT has_column_privilege($1, $2, $3, $4)"
    database = agent_db.connection
    turn = database.transaction()
    await turn.start()
    try:
        await database.execute((TOP / "docs/roles.sql").read_text(encoding="utf-8"))
        for table, column in sorted(asked):
            assert await database.fetchval(may, "qualtui_ro", table, column, "SELECT"), (table, column)
        for table, column in (("messages", "conteudo"), ("leads", "nome"), ("sessions", "contexto")):
            for role in ("qualtui_ro", "qualtui_rw"):
                assert not await database.fetchval(may, role, table, column, "SELECT"), (role, table, column)
        assert not await database.fetchval(may, "qualtui_ro", "sessions", "ativa", "UPDATE")
        assert await database.fetchval(may, "qualtui_rw", "sessions", "ativa", "UPDATE")
        assert not await database.fetchval(may, "qualtui_rw", "sessions", "estado", "UPDATE")
        for title, right in (*RIGHTS, *STORE_RIGHTS):
            table, _dot, column = title.partition(".")
            assert await database.fetchval(may, "qualtui_rw", table, column, right), (title, right)
        assert not await database.fetchval(may, "qualtui_rw", "system_logs", "detalhes", "SELECT")
    finally:
        await turn.rollback()


# Where the gateway's product is named: its adapter and kind, the demo that plays it, names that were given up.
PRODUCT = re.compile(
    r"(demo|gateways/waha|store/sqlite/sql/v2)/"
    r"|(gateways/registry|config/aliases|config/values|model/renames)\.py"
)


def test_the_gateways_product_is_named_by_its_adapter_and_its_label_alone() -> None:
    files = [one for one in (TOP / "qualtui").rglob("*") if one.suffix in {".py", ".sql", ".tcss"}]
    assert len(files) > 300
    elsewhere = [one.relative_to(TOP / "qualtui").as_posix() for one in files]
    named = {
        name
        for one, name in zip(files, elsewhere, strict=True)
        if not PRODUCT.match(name) and "waha" in one.read_text(encoding="utf-8").lower()
    }
    assert named == set()


def test_where_the_product_may_be_named_it_is_no_more_than_that() -> None:
    config = (TOP / "qualtui/config/values.py").read_text(encoding="utf-8")
    assert re.findall(r".*waha.*", config, re.IGNORECASE) == [
        '    WAHA = "waha"',
        "    kind: GatewayName = GatewayName.WAHA",
    ]


RIDDLES = re.compile(
    r"\b(tells?|telling|told|whom|mend(s|ed|ing)?|nobody|unheard|hearsay|deeds?|owed|owes one|of its own"
    r"|as written|taken? back|under way|(is|are) said|(is|are|was|were) asked for|anew|for ever)\b",
    re.IGNORECASE,
)
NAMED_BY_THE_SPECIFICATION = re.compile(r"cannot tell", re.IGNORECASE)


def sentences(source: str) -> list[str]:
    """The sentences that a module translates: the literals in calls of `_`, `plural`, `message` and `counted`."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    spoken = [call for call in calls if getattr(call.func, "id", "") in {"_", "plural", "message", "counted"}]
    literals = (arg.value for call in spoken for arg in call.args if isinstance(arg, ast.Constant))
    return [text for text in literals if isinstance(text, str)]


def helps(command: Any) -> list[str]:
    """What `--help` prints of a command, its parameters and its subcommands."""
    own = [command.help or "", *(getattr(one, "help", "") or "" for one in command.params)]
    if not hasattr(command, "list_commands"):
        return own
    below = (command.get_command(None, name) for name in command.list_commands(None))
    return own + [text for one in below for text in helps(one)]


def test_what_people_read_uses_plain_words() -> None:
    files = sorted((TOP / "qualtui").rglob("*.py"))
    read = [text for file in files for text in sentences(file.read_text(encoding="utf-8"))]
    read += helps(get_command(app))
    read += [f"{rule.summary} {rule.runbook}" for rule in BUILT_IN.values()]
    read += [series.meaning for series in DECLARED]
    assert len(read) > 1000
    assert [text for text in read if RIDDLES.search(NAMED_BY_THE_SPECIFICATION.sub("", text))] == []


def prose(file: Path) -> list[str]:
    """What readers of a file see: a module's docstrings and comments, the comments of SQL, else all lines."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".sql":
        return [line for line in text.splitlines() if line.startswith("--")]
    if file.suffix != ".py":
        return text.splitlines()
    comments = [
        one.string for one in tokenize.generate_tokens(io.StringIO(text).readline) if one.type == tokenize.COMMENT
    ]
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, DOCUMENTED))
    return comments + [ast.get_docstring(node) or "" for node in nodes]


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
PAPERS = [*(TOP / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config.toml")), *DOCS]


def test_what_contributors_read_uses_plain_words() -> None:
    sources = sorted(one for one in (TOP / "qualtui").rglob("*") if one.suffix in {".py", ".sql"})
    found = [
        f"{file.relative_to(TOP)}: {line}"
        for file in (*PAPERS, *sources)
        for text in prose(file)
        for line in text.splitlines()
        if RIDDLES.search(re.sub("`[^`]*`", "", NAMED_BY_THE_SPECIFICATION.sub("", line)))
    ]
    assert len(sources) > 500
    assert found == []
