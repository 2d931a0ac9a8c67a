"""`[backup]`: when backups are taken, where they are kept, and who can read them."""

from qualtui.config.value_types import Seconds, Values


class BackupSettings(Values, frozen=True, kw_only=True):
    """`[backup]`. Without a directory none is taken. The engine holds recipients only, never an identity."""

    directory: str = ""  # empty: no backups
    schedule: str = "15 3 * * *"  # a cron line, by this machine's clock; empty: only by hand
    keep_daily: int = 7  # the newest one of so many days ...
    keep_weekly: int = 4  # ... and of so many weeks; none is older than 35 days
    hook: str = ""  # a command that takes each new archive elsewhere; {file} in it is the archive
    hook_timeout: Seconds = Seconds(900)
    recipients: tuple[str, ...] = ()  # of age: all but the manifest is encrypted to them; none: nothing is
    tables: tuple[str, ...] = ()  # of the bot, in whole: personal data, so recipients are required
