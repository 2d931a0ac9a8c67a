"""Backups and restores that end in the middle: `python -m tests.backup.killed HOW STORE FOLDER`, one line a try.

kill: each try kills itself (SIGKILL) at its n-th operation on a file, until one comes to its end.
full: each try may write files of at most so many bytes, as on a disk that fills up, until one comes to its end.
restore, restore-full: the same of restores of the newest archive.
"""

import os
import resource
import signal
import sys
from itertools import count
from pathlib import Path

from qualtui.backup.errors import BackupError
from qualtui.backup.folder import newest
from qualtui.backup.restoring import plan_restore, restore
from qualtui.backup.signing_key import key_path, read_key
from qualtui.backup.taking import BackupPlan, take_backup
from qualtui.store.sqlite import SqliteStore
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
            (fill_at if how.endswith("full") else die_at)(number)
            os._exit((put_back if how.startswith("restore") else attempt)(plan, number))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        there = sorted(path.name for path in plan.folder.iterdir()) if plan.folder.is_dir() else []
        print(code, *(name for name in there if not name.startswith(".")), flush=True)
        if how.startswith("restore"):  # whatever happened, there is a whole store
            with SqliteStore.open(plan.store, NOW) as store:
                assert store.verify() is None
                assert store.load().next_number > 20
        if code == DONE:
            return


def attempt(plan: BackupPlan, number: int) -> int:
    try:
        take_backup(plan, PARTS, NOW + number)
    except BackupError:
        return REFUSED
    return DONE


def put_back(plan: BackupPlan, number: int) -> int:
    archive = newest(plan.folder, read_key(key_path(plan.store)))
    assert archive is not None
    try:
        restore(plan_restore(archive, plan.store), (), "ana", (), NOW + number)
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
