"""Series of our own network and of the certificates on the way."""

from qualtui.series.declaration import Series

SERIES = (
    Series(
        "control.up",
        "",
        "down",
        "control target",
        "1: any HTTP answer; 0: none, so that our own network is suspect",
    ),
    Series(
        "tls.days",
        "d",
        "down",
        "TLS",
        "days until the first certificate of the https addresses ends; the note is its host",
    ),
)
