"""Of what the notification library says, only a reason in our own words is taken."""

import pytest

from qualtui.notify.channels.apprise_errors import reason_of


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Failed to send Slack notification to #ops: Forbidden, error=403.", "HTTP 403 Forbidden"),
        ("Failed to send x: error=299.", "HTTP 299"),
        (
            "A Connection error occurred sending JSON notification to crm.example.com.",
            "no connection, or the connection broke",
        ),
        (
            "Socket Exception: HTTPSConnectionPool(host='h'): ([Errno 111] Connection refused'))",
            "connection refused",
        ),
        (
            "Socket Exception: Failed to resolve 'h' ([Errno -2] Name or service not known)",
            "its name can't be resolved",
        ),
        ("Socket Exception: (535, b'5.7.8 ana@example.com is not accepted')", "the mail server answered 535"),
        ("Socket Exception: SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] h')", "its certificate is not trusted"),
        (
            "Socket Exception: SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            "certificate has expired (_ssl.c:1006)')",
            "the certificate has expired",
        ),
        (
            "Socket Exception: SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
            "Hostname mismatch, certificate is not valid for h')",
            "the certificate is for another name",
        ),
        ("Socket Exception: HTTPConnectionPool(host='h'): Read timed out.", "no answer in time"),
        ("Socket Exception: something about 5511987654321", ""),
        ("Dropped invalid To email (ana@example.com) specified.", ""),
    ],
)
def test_a_reason_is_told_and_nothing_else(said: str, reason: str) -> None:
    assert str(reason_of(said)) == reason
