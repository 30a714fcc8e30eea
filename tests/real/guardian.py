"""Takes a volume down when the process that made it has gone, however it went.

The maker holds the writing end of a pipe, the guardian the reading end. A maker that took its volume down
itself says so before it lets go; one that was killed says nothing, and the pipe closes all the same.
"""

import subprocess
import sys
from pathlib import Path

from .teardown import tear_down

DONE = b"done"
PROJECT = Path(__file__).resolve().parents[2]


class Guardian:
    """The maker's handle. A child that the maker forks holds the pipe open too: it must not outlive it."""

    def __init__(self, directory: Path) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.real.guardian", str(directory)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Its own session: an interrupt from the keyboard goes to the maker's group only.
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Nothing is left to guard."""
        self._child.communicate(DONE)

    @property
    def pid(self) -> int:
        """The guardian's process."""
        return self._child.pid


def main() -> None:
    """Wait for the pipe to close; the volume's directory is the only argument."""
    if sys.stdin.buffer.read() != DONE:
        tear_down(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
