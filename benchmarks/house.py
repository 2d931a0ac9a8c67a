"""`python -m benchmarks.house`: how large the rooms are, what an addition touches, and which names occur twice."""

import ast
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).parents[1]
LONG_FILE, LONG_FUNCTION = 300, 60  # lines from which a second noun may live inside
LONGEST_FILE = 350  # lines beyond which one does
SUBJECT = 72  # characters of a commit's first line
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file below a folder, parsed."""
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def shared_names(folder: Path) -> tuple[int, dict[str, list[str]], dict[str, list[str]]]:
    """The number of public names at the top of modules; the classes and the functions in more than one."""
    where: dict[tuple[bool, str], list[str]] = defaultdict(list)
    for path, tree in modules(folder):
        for node in tree.body:
            if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
                where[isinstance(node, ast.ClassDef), node.name].append(str(path.relative_to(folder)))
    many = {key: places for key, places in where.items() if len(places) > 1}
    return (
        len({name for _class, name in where}),
        {name: places for (is_class, name), places in many.items() if is_class},
        {name: places for (is_class, name), places in many.items() if not is_class},
    )


def touched(addition: str) -> tuple[str, ...]:
    """The files that CONTRIBUTING names for an addition (such as *A probe*), those for special cases included."""
    steps = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Steps")[1].split("\n## ")[0]
    body = steps.split(f"**{addition}**")[1].split("\n**A")[0]
    own = re.sub(r"\([^()]*\)", "", body)  # in brackets: what to read
    return tuple(dict.fromkeys(re.findall(r"`([\w/]+\.(?:py|md|toml))`", own)))


def unread_fields(folder: Path) -> tuple[str, ...]:
    """The fields of what travels on the socket that no module reads by their name."""
    nodes = [node for _path, tree in modules(folder) for node in ast.walk(tree)]
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}
    structs = (
        node for _path, tree in modules(folder / "wire") for node in tree.body if isinstance(node, ast.ClassDef)
    )
    fields = (
        (one.name, field.target) for one in structs for field in one.body if isinstance(field, ast.AnnAssign)
    )
    return tuple(
        f"{name}.{field.id}" for name, field in fields if isinstance(field, ast.Name) and field.id not in read
    )


def main() -> int:
    """Prints the table; exit code 1 where two public classes share a name."""
    folder = TOP / "qualtui"
    names, classes, functions = shared_names(folder)
    parsed = tuple(modules(folder))
    files = {path: len(path.read_text(encoding="utf-8").splitlines()) for path, _tree in parsed}
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for _path, tree in parsed
        for node in ast.walk(tree)
        if isinstance(node, Function)
    ]
    print(f"files {len(files)}, median {statistics.median(files.values()):.0f} lines")
    print(f"functions {len(lengths)}, median {statistics.median(lengths):.0f} lines")
    print(f"files over {LONGEST_FILE} lines: {sum(length > LONGEST_FILE for length in files.values())}")
    print(f"functions over {LONG_FUNCTION} lines: {sum(length > LONG_FUNCTION for length in lengths)}")
    print(f"public names {names}, in more than one module {len(classes) + len(functions)}")
    for name, places in {**classes, **functions}.items():
        print(f"  {name}: {', '.join(places)}")
    for path, length in sorted(files.items(), key=lambda item: -item[1]):
        if length > LONG_FILE:
            print(f"  {path.relative_to(TOP)}: {length} lines")
    print(f"fields on the wire that no one reads: {', '.join(unread_fields(folder)) or 'none'}")
    additions = ("A command", "A probe", "A page")
    print(f"files that CONTRIBUTING names: {', '.join(f'{one}: {len(touched(one))}' for one in additions)}")
    _commits()
    from benchmarks.fleet import overview  # the engine with it: no test that counts names needs that

    for figure in overview():
        print(f"{figure.what}: {figure.ours or 0.0:.3g} {figure.unit} (budget {figure.budget or 0.0:g})")
    return 1 if classes else 0


def _commits() -> None:
    """The newest commits: subjects that are too long, and words of the body."""
    command = ["git", "log", "-100", "--no-merges", "--format=%s%x00%b%x01"]
    found = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False).stdout
    commits = [entry.strip().partition("\0") for entry in found.split("\x01") if entry.strip()]
    if commits:
        long = sum(len(subject) > SUBJECT for subject, _nul, _body in commits)
        words = statistics.median(len(re.findall(r"\S+", body)) for _subject, _nul, body in commits)
        print(f"the newest {len(commits)} commits: {long} long subjects, median {words:.0f} words of body")


if __name__ == "__main__":
    sys.exit(main())
