"""What windows see of the engine itself: where it runs, what of it fails, what its channels owe."""

import os
import socket

from qualtui import __version__
from qualtui.config.values import Config
from qualtui.engine.ack_replies import AckReplies
from qualtui.engine.config_reload import ConfigReload
from qualtui.engine.dead_man import DeadManSwitch
from qualtui.engine.faults import AgentFaults
from qualtui.engine.http_listeners import HttpListeners
from qualtui.engine.incident_views import channels, dead_letters, dead_letters_banner
from qualtui.engine.journal import Journal
from qualtui.engine.oncall_view import oncall_banner
from qualtui.engine.sample_writer import SampleWriter
from qualtui.engine.server import Server
from qualtui.eventlog.healing import broken_fixes
from qualtui.text.message import Saying, message
from qualtui.wire import EngineView


class EngineViews:
    """Collects the troubles of the engine's parts. `beside`: it ends after its last window."""

    def __init__(
        self,
        journal: Journal,
        writer: SampleWriter,
        faults: AgentFaults,
        server: Server,
        reload: ConfigReload,
        switch: DeadManSwitch,
        http: HttpListeners,
        replies: AckReplies,
        *,
        started_at: float,
        epoch: int,
        beside: bool,
    ) -> None:
        self._journal = journal
        self._writer = writer
        self._faults = faults
        self._server = server
        self._reload = reload
        self._switch = switch
        self._http = http
        self._replies = replies
        self._started_at = started_at
        self._epoch = epoch
        self._beside = beside

    def view(self, config: Config, now: float) -> EngineView:
        """Return the engine as it is now."""
        state, configured = self._journal.state, config.notify.channels
        notices = state.notices.values()
        return EngineView(
            pid=os.getpid(),
            host=socket.gethostname(),
            version=__version__,
            epoch=self._epoch,
            started_at=self._started_at,
            windows=self._server.windows,
            beside=self._beside,
            troubles=self._troubles(config, now),
            notices_owed=sum(notice.status in {"queued", "sending"} for notice in notices),
            notices_failed=sum(notice.status == "failed" for notice in notices),
            channels=channels(state, configured, now),
            fixes_stopped_until=state.policies.stopped_until,
            fixes_broken=broken_fixes(state.policies),
            failing=bool(self._journal.trouble or self._writer.trouble or self._faults.banners()),
        )

    def _troubles(self, config: Config, now: float) -> tuple[Saying, ...]:
        """Return the banners, the most important first."""
        problem = self._reload.problem
        troubles: tuple[Saying, ...] = (
            self._journal.trouble,
            self._writer.trouble,
            *self._journal.remarks,
            self._server.trouble,
            problem and message("configuration refused: {problem}", problem=problem),
            *self._faults.banners(),
            oncall_banner(self._journal.state, config, now),
            dead_letters_banner(dead_letters(self._journal.state, config.notify.channels, now)),
            self._switch.trouble,
            *self._http.troubles,
            *self._replies.troubles,
        )
        return tuple(text for text in troubles if text)
