"""Reads the configuration again at a SIGHUP: a bad one is reported, and the old one stays."""

import asyncio
import logging
from collections.abc import Callable

from msgspec.structs import replace

from qualtui.config.errors import ConfigErrors
from qualtui.config.values import Config
from qualtui.engine.journal import Journal
from qualtui.engine.setup import Setup
from qualtui.eventlog.engine import ConfigRead
from qualtui.text import clean
from qualtui.text.message import Saying, message

log = logging.getLogger(__name__)


class ConfigReload:
    """`reread` reads the configuration, `build` makes a Setup of it; `judged` is called after each try."""

    def __init__(
        self,
        reread: Callable[[], Config],
        build: Callable[[Config], Setup],
        journal: Journal,
        judged: Callable[[], None],
    ) -> None:
        self._reread = reread
        self._build = build
        self._journal = journal
        self._judged = judged
        self.wanted = asyncio.Event()
        self.problem: Saying = ""  # why the newest one was refused

    async def differing(self, present: Setup) -> Setup:
        """Waits for a configuration that is right and differs from the present one; returns its Setup."""
        while True:
            await self.wanted.wait()
            self.wanted.clear()
            try:
                fresh = await asyncio.get_running_loop().run_in_executor(None, self._reread)
                differs = replace(fresh, digest=present.config.digest) != present.config
                setup = self._build(fresh) if differs else present
            except ConfigErrors as error:
                for problem in error.problems:
                    log.warning("configuration refused, the old one stays: %s", clean(problem, 500))
                await self._refuse(clean(error))
                continue
            except Exception as error:  # the boundary of a reload: the old configuration goes on
                log.exception("configuration refused, the old one stays")
                await self._refuse(message("an internal error ({error})", error=type(error).__name__))
                continue
            self.problem = ""
            await self._journal.append((ConfigRead(True, fresh.digest), ""))
            if differs:
                log.info("configuration taken: watching %s", ", ".join(fresh.agents))
                return setup
            log.info("configuration read again: nothing differs")
            self._judged()  # nothing differs: no reason to ask the bot again

    async def _refuse(self, problem: Saying) -> None:
        self.problem = problem
        await self._journal.append((ConfigRead(False, "", problem), ""))
        self._judged()
