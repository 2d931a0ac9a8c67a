"""Text as the command line prints it: in this machine's time zone."""

from datetime import datetime

from qualtui.text.message import Saying, TextReader, render


def words(text: Saying) -> str:
    """The sentence for the person at this terminal."""
    zone = datetime.now().astimezone().tzinfo
    return render(text) if zone is None else render(text, TextReader(zone=zone))
