"""A disk to fill, to write-protect and to give back: a small separate file system, where one may be mounted."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.trial import Skip


class Disk:
    """A mounted tmpfs at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    def fill(self) -> None:
        """Takes all the room there is: whatever grows gets ENOSPC from then on."""
        with self._filling.open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    continue

    def clear(self) -> None:
        """Gives the room back."""
        self._filling.unlink(missing_ok=True)

    def protect(self, on: bool = True) -> None:
        """Read-only, as after an error of the disk; or writable again."""
        _mount("-o", "remount,ro" if on else "remount,rw", str(self.folder))


@contextmanager
def disk(size: str = "4m") -> Iterator[Disk]:
    """A disk while the block lasts. Raises Skip where none may be mounted."""
    with tempfile.TemporaryDirectory(prefix="qualtui-disk-") as folder:
        _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
        try:
            yield Disk(Path(folder))
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def _mount(*options: str) -> None:
    try:
        subprocess.run(["mount", *options], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise Skip("there is no mount here") from None
    except subprocess.CalledProcessError as error:
        said = str(error.stderr).strip().partition("\n")[0]
        raise Skip(f"a small file system can't be mounted here: {said}") from None
