"""Text as the command line prints it: in this machine's time zone."""

from datetime import datetime

from qualtui.text.message import Saying, shown


def words(text: Saying) -> str:
    """The sentence for the person at this terminal."""
    zone = datetime.now().astimezone().tzinfo
    return shown(text) if zone is None else shown(text, zone)
