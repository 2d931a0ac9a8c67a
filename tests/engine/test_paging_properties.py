"""Who must be called is called, whatever people, silences, kills and clocks do. Longer: `make faults`."""

import pytest
from hypothesis import HealthCheck, settings

from tests.engine.paging_machine import Paging

Paging.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
test_whoever_must_be_called_is_called = pytest.mark.filterwarnings("ignore")(Paging.TestCase)
