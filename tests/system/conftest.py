"""All tests of this folder are live: real processes that are waited for by the clock."""

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """They run in the second pass of `make test`, beside few others."""
    item.add_marker(pytest.mark.live)
