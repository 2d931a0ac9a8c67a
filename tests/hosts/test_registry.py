"""Every kind of host that a configuration may name is known; its settings are checked before anything is sent."""

from pathlib import Path

import pytest

from qualtui.config.values import HostName
from qualtui.hosts.registry import KINDS
from tests.config.sample import AGENT, problems, read

SERVICE = "srv-cukouhrtq21c73e9scng"
RENDER = AGENT + f'[agents.bot.host]\nkind = "render"\nservice = "{SERVICE}"\n'


def test_each_name_has_a_kind() -> None:
    assert set(KINDS) == set(HostName)


def test_a_kind_that_is_not_known_is_refused() -> None:
    (problem,) = problems(AGENT + f'[agents.bot.host]\nkind = "heroku"\nservice = "{SERVICE}"\n')
    assert problem.key == "agents.bot.host.kind"


@pytest.mark.parametrize(
    "service", ["", "bot", "srv-", f"{SERVICE}/../srv-other", f"{SERVICE}?x=1", "dep-cukouhrtq21"]
)
def test_a_service_that_is_no_id_is_refused(service: str) -> None:
    text = AGENT + f'[agents.bot.host]\nkind = "render"\nservice = "{service}"\nkey = "${{KEY}}"\n'
    (problem,) = problems(text, {"KEY": "rnd_x"})
    assert problem.key == "agents.bot.host.service"


def test_a_host_without_a_key_is_refused() -> None:
    (problem,) = problems(RENDER)
    assert (problem.key, problem.found) == ("agents.bot.host.key", "nothing")


@pytest.mark.parametrize(("mode", "good"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
def test_the_key_comes_from_a_file_that_only_its_owner_may_read(tmp_path: Path, mode: int, good: bool) -> None:
    file = tmp_path / "render.key"
    file.write_text("rnd_x\n")
    file.chmod(mode)
    text = RENDER + f'key = "${{file:{file}}}"\n'
    if good:
        host = read(text).agents["bot"].host
        assert host is not None
        assert host.key is not None
        assert host.key.reveal() == "rnd_x"
        return
    (problem,) = problems(text)
    assert problem.key == "agents.bot.host.key"
    assert "chmod 600" in problem.expected


def test_a_key_that_is_written_into_the_configuration_makes_that_file_private_too(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    text = RENDER + 'key = "rnd_x"\n'
    file.write_text(text)
    file.chmod(0o644)
    (problem,) = problems(text, path=file)
    assert problem.key == "agents.bot.host.key"
    file.chmod(0o600)
    assert read(text, path=file).agents["bot"].host is not None


@pytest.mark.parametrize(
    "url", ["https://api.example.com", "http://example.com", "http://localhost:80", "http://127.0.0.1.example.com"]
)
def test_the_key_never_goes_to_another_origin_than_the_hosts_own_or_this_machine(url: str) -> None:
    (problem,) = problems(RENDER + f'key = "${{KEY}}"\ndemo_url = "{url}"\n', {"KEY": "rnd_x"})
    assert problem.key == "agents.bot.host.demo_url"


PROCESS = AGENT + '[agents.bot.host]\nkind = "process"\n'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "service"),
        ('service = "ldc-bot.service"\npid_file = "/run/bot.pid"\n', "service"),
        ('service = "--now.service"\n', "service"),
        ('service = "ldc-bot"\n', "service"),
        ('pid_file = "bot.pid"\n', "pid_file"),
        ('service = "ldc-bot.service"\nlog_file = "bot.log"\n', "log_file"),
        ('service = "ldc-bot.service"\nkey = "${KEY}"\n', "key"),
        ('service = "ldc-bot.service"\nallow = ["rollback"]\n', "allow"),
        ('pid_file = "/run/bot.pid"\nallow = ["restart"]\n', "allow"),
    ],
)
def test_a_process_has_a_unit_or_a_file_and_nothing_that_it_can_not_have(text: str, key: str) -> None:
    (problem,) = problems(PROCESS + text, {"KEY": "x"})
    assert problem.key == f"agents.bot.host.{key}"


@pytest.mark.parametrize(
    "text", ['service = "ldc-bot.service"\nallow = ["restart"]\n', 'pid_file = "/run/bot.pid"\n']
)
def test_a_process_needs_no_key(text: str) -> None:
    assert read(PROCESS + text).agents["bot"].host is not None


def test_a_pid_file_of_a_service_at_render_is_a_mistake() -> None:
    (problem,) = problems(RENDER + 'key = "${KEY}"\npid_file = "/run/bot.pid"\n', {"KEY": "rnd_x"})
    assert problem.key == "agents.bot.host.pid_file"
