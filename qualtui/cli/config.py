"""`qualtui config`: write the example, check a configuration, show the one in effect."""

import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from qualtui.cli.common import UNKNOWN, CommandError, NoConfigurationError, find_config, resolve_config
from qualtui.cli.options import ConfigOption, JsonOption
from qualtui.config.errors import ConfigErrors, Problem
from qualtui.config.values import AgentSettings, Config
from qualtui.text import _

command = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=_(
        "Write, check and show the configuration.\n\n\b\nExample:\n  qualtui config init\n  qualtui config check"
    ),
)


def example() -> str:
    """The commented example: shipped inside the package, or at the top of a checkout."""
    package = Path(__file__).parent.parent
    shipped = package / "example.toml"
    return (shipped if shipped.is_file() else package.parent / "config.toml").read_text(encoding="utf-8")


@command.command(
    help=_(
        "Write the commented example to PATH, readable by you alone. Default: your configuration folder."
        "\n\n\b\nExample:\n  qualtui config init\n  qualtui config init ./config.toml"
    )
)
def init(
    path: Annotated[Path | None, typer.Argument(metavar="PATH", help=_("The file to write."))] = None,
    force: Annotated[bool, typer.Option("--force", help=_("Replace an existing file."))] = False,
) -> None:
    """Write the example configuration."""
    from qualtui.config.places import user_file

    path = path or user_file()
    if path.is_dir():
        raise CommandError(
            _("{path} is a folder. Name a file, such as {example}").format(
                path=path, example=path / user_file().name
            )
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, example(), force=force)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or _("not a path")
        raise CommandError(_("Can't write {path}: {why}").format(path=path, why=why)) from None
    print(_("Written: {path}").format(path=path))
    print(_("Next: edit it, then run: qualtui config check"))


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write the file, mode 0600 from the first byte. Raises CommandError if it exists, unless `force` is set."""
    draft = path.with_name(f".{path.name}.{os.getpid()}") if force else path
    try:
        created = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(_("{path} exists already. To replace it, add --force.").format(path=path)) from None
    with open(created, "w", encoding="utf-8") as file:
        file.write(text)
    if force:
        draft.replace(path)


@command.command(
    help=_(
        "Check the configuration: print ok, or one mistake per line (exit code 3)."
        "\n\n\b\nExample:\n  qualtui config check\n  qualtui --config other.toml config check --json"
    )
)
def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check a configuration and the references in it."""
    from qualtui.cli.escalation_check import escalation_problems, escalation_remarks
    from qualtui.config.load import load

    path = find_config(config)
    try:
        if path is None:
            raise NoConfigurationError  # noqa: TRY301 - printed like all others
        remarks: list[Problem] = []
        read = load(path, os.environ, remarks)
        if wrong_values := (
            *_wrong_channels(read, str(path)),
            *_wrong_store(read, str(path)),
            *escalation_problems(read, str(path)),
        ):
            raise ConfigErrors(wrong_values)  # noqa: TRY301 - printed like all others
    except (NoConfigurationError, ConfigErrors) as wrong:
        if not as_json:
            raise
        problems = (
            wrong.problems
            if isinstance(wrong, ConfigErrors)
            else (Problem("", "", "no configuration", "a file: `qualtui config init` writes one"),)
        )
        print(json.dumps({"ok": False, "problems": _plain(problems)}, ensure_ascii=False, indent=2))
        raise typer.Exit(UNKNOWN) from None
    remarks += _cut_short(read, str(path))
    remarks += escalation_remarks(read, str(path))
    summary = _summary(read)
    if as_json:
        result = {"ok": True, "file": str(path), "remarks": _plain(remarks), **summary}
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    print(_("ok: {path}").format(path=path))
    for name, words in _lines(read, summary):
        print(f"  {name:<8} {words}")
    for remark in remarks:
        print(_("warning: {problem}").format(problem=remark))


def _plain(problems: Iterable[Problem]) -> list[dict[str, str]]:
    return [{name: getattr(one, name) for name in one.__struct_fields__} for one in problems]


@command.command(
    help=_(
        "Show the configuration in effect: defaults filled in, secrets as ***."
        "\n\n\b\nExample:\n  qualtui config show\n  qualtui config show --json"
    )
)
def show(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show the configuration in effect."""
    from qualtui.config.dump import plain

    read = resolve_config(config)
    tables = plain(read)
    if as_json:
        print(json.dumps(tables, ensure_ascii=False, indent=2))
        return
    import tomli_w

    print(_("# in effect, read from {path}").format(path=read.path))
    print(tomli_w.dumps(tables), end="")


def _wrong_channels(config: Config, file: str) -> tuple[Problem, ...]:
    """The channels that Apprise does not understand: it would report that only at the first notice."""
    if not config.notify.channels:
        return ()
    from qualtui.notify.channels.registry import channel_kind

    known = "an address that Apprise understands (see github.com/caronc/apprise/wiki)"
    pressed = "ntfy://TOPIC, ntfys://HOST/TOPIC or tgram://BOT/CHAT, for one recipient: it has buttons = true"
    return tuple(
        Problem(file, f"notify.channels.{name}.url", "***", pressed if channel.buttons else known)
        for name, channel in config.notify.channels.items()
        if not channel_kind(channel).understood(channel)
    )


def _wrong_store(config: Config, file: str) -> tuple[Problem, ...]:
    """A store's path that leads to what is no file: opening a FIFO or a device may never end."""
    from qualtui.config.places import store_path

    try:
        mode = store_path(config).stat().st_mode
    except (OSError, ValueError):  # none yet, or not to be seen: the engine makes it, or says why it can't
        return ()
    if stat.S_ISREG(mode):
        return ()
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}
    found = kinds.get(stat.S_IFMT(mode), "a device")
    return (Problem(file, "store.path", found, "a regular file, or a path at which nothing is yet"),)


def _cut_short(config: Config, file: str) -> list[Problem]:
    """The channels of whose URL Apprise would cut off the end of a value, such as the password."""
    from qualtui.config.addresses import cut_short

    found = {name: cut_short(channel.url.reveal()) for name, channel in config.notify.channels.items()}
    return [
        Problem(file, f"notify.channels.{name}.url", f"a value that ends at {sign}", f"{sign} written as {code}")
        for name, (sign, code) in found.items()
        if sign
    ]


def _sources(agent: AgentSettings) -> list[str]:
    return [name for name in ("health", "database", "gateway", "host") if getattr(agent, name) is not None]


def _summary(config: Config) -> dict[str, object]:
    from qualtui.config.places import socket_path, store_path

    return {
        "agents": {name: _sources(agent) for name, agent in config.agents.items()},
        "rules": [name for name, rule in config.rules.items() if rule.enabled],
        "channels": list(config.notify.channels),
        "routes": len(config.notify.routes),
        "store": str(store_path(config)),
        "socket": str(socket_path(config)),
    }


def _lines(config: Config, summary: dict[str, object]) -> list[tuple[str, str]]:
    agents = [f"{name} ({', '.join(_sources(agent))})" for name, agent in config.agents.items()]
    rules = [name for name, rule in config.rules.items() if rule.enabled]
    routed = sorted({name for route in config.notify.routes for name in route.channels})
    channels = ", ".join(routed) or _("no route leads to a channel: no one is notified")
    idle = [name for name in config.notify.channels if name not in routed]
    lines = [
        (_("agents"), f"{len(agents)}: {', '.join(agents)}"),
        (_("rules"), f"{len(rules)}: {', '.join(rules)}"),
        (_("notices"), f"{len(routed)}: {channels}"),
    ]
    if idle:
        lines.append((_("unused"), _("no route leads to {channels}").format(channels=", ".join(idle))))
    return [*lines, (_("store"), str(summary["store"])), (_("socket"), str(summary["socket"]))]
