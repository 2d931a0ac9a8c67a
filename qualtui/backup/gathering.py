"""Gathers what goes into an archive beside the store. What can't be read is missing, and says so."""

from qualtui.backup.bot import bot_parts
from qualtui.backup.configuration import configuration_part
from qualtui.backup.part import Gathered, Part
from qualtui.config.errors import ConfigErrors
from qualtui.config.values import Config


async def gather(config: Config) -> Gathered:
    """Return what could be read, and one line for each thing that could not. Never raises."""
    parts: list[Part] = []
    missing: list[str] = []
    try:
        parts.append(configuration_part(config))
    except ConfigErrors as error:
        missing.append(f"config.toml: {error.problems[0]}")
    bot = await bot_parts(config.agents, config.backup.tables)
    return Gathered((*parts, *bot.parts), (*missing, *bot.missing))
