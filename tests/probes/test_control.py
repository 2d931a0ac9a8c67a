"""The control target: any answer is one, and silence is told, whoever's fault it is."""

from qualtui.config.values import ControlSettings as Settings
from qualtui.probes.control import ControlProbe
from tests.probes.hostile import body, serving


async def ask(url: str) -> tuple[float | None, str]:
    probe = ControlProbe("bot", Settings(url=url))
    try:
        (sample,) = await probe.ask(1000.0)
    finally:
        await probe.close()
    assert (sample.series,) == probe.series
    return sample.value, str(sample.note)


async def test_any_answer_is_one() -> None:
    async with serving(body(b"no", b"HTTP/1.1 503 X\r\n")) as url:
        assert await ask(url) == (1.0, "")


async def test_silence_is_never_unknown() -> None:
    assert await ask("http://127.0.0.1:1/") == (0.0, "refused")
    assert (await ask("http://nobody.invalid/"))[0] == 0.0
