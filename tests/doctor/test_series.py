"""The user's own series: each is asked once, and says what it gives or why nothing."""

from qualtui.config.values import AgentSettings, DatabaseSettings, OwnSeries
from qualtui.doctor.own import check_own_series
from qualtui.model.findings import FindingVerdict
from tests.postgres import AgentDatabase
from tests.probes.hostile import body, serving


async def test_each_series_tells_its_number_or_why_there_is_none(agent_db: AgentDatabase) -> None:
    await agent_db.lead()
    async with serving(body(b'{"n": 51}')) as url:
        series = {
            "queue": OwnSeries(url=url, pointer="/n", unit="/h"),
            "gone": OwnSeries(url=url, pointer="/m"),
            "leads": OwnSeries(sql="select count(*) from leads"),
            "wrong": OwnSeries(sql="select count(*) from nowhere"),
        }
        report = await check_own_series(AgentSettings(database=DatabaseSettings(dsn=agent_db.dsn), series=series))
    found = {str(finding.what): (finding.verdict, str(finding.why)) for finding in report.findings}
    assert found["user.queue"] == (FindingVerdict.OK, "51/h")
    assert found["user.gone"] == (FindingVerdict.WARNING, "nothing at /m")
    assert found["user.leads"] == (FindingVerdict.OK, "1")
    assert found["user.wrong"][0] is FindingVerdict.WARNING
    assert "nowhere" in found["user.wrong"][1]
    assert all(finding.check == "series.value" for finding in report.findings)
    held = await agent_db.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'qualtui'")
    assert held == 0
