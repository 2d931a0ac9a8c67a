"""`config check` says which escalation wakes nobody, and refuses one that fails together with the bot."""

from pathlib import Path

from tests.cli.folders import AGENT, run_qualtui

GATEWAY = '[agents.bot.gateway]\nurl = "https://waha.example.com"\n'
TEAM = '[notify.channels.phone]\nurl = "{url}"\n[people.ana]\nchannels = ["phone"]\n[oncall]\norder = ["ana"]\n'


def checked(home: Path, url: str, more: str = "") -> tuple[int, str]:
    (home / "config.toml").write_text(AGENT + GATEWAY + TEAM.format(url=url) + more)
    ran = run_qualtui("config", "check", home=home)
    return ran.returncode, ran.stdout + ran.stderr


def test_an_escalation_that_rings_nobody_is_a_warning(tmp_path: Path) -> None:
    code, said = checked(tmp_path, "json://127.0.0.1")
    assert code == 0
    assert "a channel with ringing = true" in said


def test_the_monitored_gateway_as_the_only_whatsapp_path_is_refused(tmp_path: Path) -> None:
    code, said = checked(tmp_path, "jsons://waha.example.com/api/sendText")
    assert (code, "another WhatsApp path" in said) == (3, True)
    assert "waha.example.com" not in said


def test_whatsapp_without_a_template_is_a_warning(tmp_path: Path) -> None:
    code, said = checked(tmp_path, "whatsapp://tokentokentoken@12345678901234/5511900000001")
    assert (code, "without a template" in said) == (0, True)


NTFY = "ntfys://ntfy.example.com/alerts-of-ana"


def test_a_ringing_phone_without_a_button_is_a_warning_unless_there_is_another_way(tmp_path: Path) -> None:
    ringing = TEAM.replace('url = "{url}"', 'url = "{url}"\nringing = true')
    listens = '[http]\nack_listen = "127.0.0.1:8009"\npublic_url = "https://alerts.example.com"\n'
    said = []
    for more in ("", "buttons = true\n", listens):
        team = ringing.format(url=NTFY)
        config = team.replace("ringing = true\n", f"ringing = true\n{more}") if "buttons" in more else team + more
        (tmp_path / "config.toml").write_text(AGENT + GATEWAY + config)
        ran = run_qualtui("config", "check", home=tmp_path)
        assert ran.returncode == 0, ran.stderr
        said.append("buttons = true" in ran.stdout)
    assert said == [True, False, False]


def test_a_button_where_none_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        AGENT + '[notify.channels.phone]\nurl = "jsons://in.example.com/secret"\nbuttons = true\n'
    )
    ran = run_qualtui("config", "check", home=tmp_path)
    assert ran.returncode == 3
    assert "ntfys://HOST/TOPIC" in ran.stdout + ran.stderr
    assert "in.example.com" not in ran.stdout + ran.stderr


def test_hours_in_which_a_critical_incident_calls_nobody_are_refused_unless_they_are_meant(tmp_path: Path) -> None:
    head, work = '[[notify.escalation]]\nto = ["on-call"]\n', 'days = ["mon", "tue", "wed", "thu", "fri"]\n'
    step = head + 'hours = "08:00-18:00"\n' + work
    code, said = checked(tmp_path, NTFY, '[notify]\nzone = "America/Sao_Paulo"\n' + step)
    assert (code, "no step that calls from Mon 18:00 to Tue 08:00" in said) == (3, True), said
    assert "Where that is meant: [notify] escalation_gaps = true" in said
    code, said = checked(tmp_path, NTFY, "[notify]\nescalation_gaps = true\n" + step)
    assert code == 0, said
    night = step.replace("08:00-18:00", "18:00-08:00").replace(', "fri"', ', "fri", "sat", "sun"')
    weekend = '[[notify.escalation]]\nto = ["on-call"]\nhours = "08:00-18:00"\ndays = ["sat", "sun"]\n'
    code, said = checked(tmp_path, NTFY, step + night + weekend)
    assert code == 0, said
