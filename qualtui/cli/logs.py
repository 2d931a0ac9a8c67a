"""The engine's log: lines on stderr, for the journal or a file. All phone numbers are masked."""

import logging
import sys
import time

from qualtui.text import masked


class MaskingFormatter(logging.Formatter):
    """A time in UTC, the level, and the message with every phone number masked, tracebacks too."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """One record as text."""
        text = masked(super().format(record))
        return f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%SZ')} {record.levelname:7} {text}"


def log_to_stderr(level: int = logging.INFO) -> None:
    """Set up the process's log. Libraries log from WARNING on: their INFO lines contain addresses."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("qualtui").setLevel(level)
