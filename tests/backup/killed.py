"""Takes backups that end in the middle: `python -m tests.backup.killed kill|full STORE FOLDER`, one line a try.

kill: each try kills itself (SIGKILL) at its n-th operation on a file, until one comes to its end.
full: each try may write files of at most so many bytes, as on a disk that fills up, until one comes to its end.
"""

import os
import resource
import signal
import sys
from itertools import count
from pathlib import Path

from qualtui.backup.errors import BackupError
from qualtui.backup.taking import BackupPlan, take_backup
from tests.backup.stores import NOW, PARTS

WATCHED = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.chmod", "sqlite3.connect"}
STEP = 6000  # bytes
DONE, REFUSED = 0, 7


def main() -> None:
    """Runs tries until one comes to its end; prints how each one ended."""
    how, plan = sys.argv[1], BackupPlan(Path(sys.argv[2]), Path(sys.argv[3]))
    for number in count(1):
        child = os.fork()
        if not child:
            (die_at if how == "kill" else fill_at)(number)
            os._exit(attempt(plan, number))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        there = sorted(path.name for path in plan.folder.iterdir()) if plan.folder.is_dir() else []
        print(code, *(name for name in there if not name.startswith(".")), flush=True)
        if code == DONE:
            return


def attempt(plan: BackupPlan, number: int) -> int:
    try:
        take_backup(plan, PARTS, NOW + number)
    except BackupError:
        return REFUSED
    return DONE


def die_at(number: int) -> None:
    left = number

    def hook(event: str, _args: object) -> None:
        nonlocal left
        if event in WATCHED:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def fill_at(number: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (number * STEP, number * STEP))


if __name__ == "__main__":
    main()
