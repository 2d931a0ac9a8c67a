"""No request leaves that is not in the table, of this one service, with leave to write."""

import pytest

from qualtui.config.values import HostWrite
from qualtui.hosts.host import HostError, HostFault
from qualtui.hosts.render import calls
from qualtui.hosts.render.calls import TABLE, RenderCall, arrays, target

SERVICE = "srv-cukouhrtq21c73e9scng"


def refused(call: RenderCall, query: calls.Query = (), allow: tuple[HostWrite, ...] = ()) -> bool:
    with pytest.raises(HostError) as caught:
        target(call, SERVICE, query, allow)
    return caught.value.fault is HostFault.FORBIDDEN


def test_what_writes_needs_its_own_leave() -> None:
    assert refused(calls.RESTART)
    assert refused(calls.RESTART, allow=(HostWrite.ROLLBACK,))
    assert target(calls.RESTART, SERVICE, (), (HostWrite.RESTART,)) == f"/v1/services/{SERVICE}/restart"


def test_only_posts_write_and_each_of_them_names_what_it_needs() -> None:
    assert all((call.method == "GET") == (call.write is None) for call in TABLE)


@pytest.mark.parametrize(
    "call",
    [
        RenderCall("DELETE", "/services/{service}"),
        RenderCall("POST", "/services/{service}/suspend"),
        RenderCall("PUT", "/services/{service}/env-vars"),
        RenderCall("GET", "/services/{service}/env-vars"),
        RenderCall("POST", "/services/{service}/restart"),  # as the table's, without what it needs
    ],
)
def test_what_is_not_in_the_table_is_not_sent(call: RenderCall) -> None:
    assert refused(call, allow=tuple(HostWrite))


def test_no_query_asks_about_another_service() -> None:
    assert refused(calls.CPU, (("resource", "srv-other"),))
    assert refused(calls.LOGS, (("resource", [SERVICE, "srv-other"]),))
    assert refused(calls.DEPLOYS, (("service", "srv-other"),))


def test_arrays_are_joined_for_services_and_repeated_for_all_else() -> None:
    query = (("type", ("web_service", "cron_job")), ("limit", "100"))
    assert arrays(query, comma=True) == "type=web_service,cron_job&limit=100"
    assert arrays(query, comma=False) == "type=web_service&type=cron_job&limit=100"
    assert target(calls.CPU, SERVICE, (), ()) == f"/v1/metrics/cpu?resource={SERVICE}"
