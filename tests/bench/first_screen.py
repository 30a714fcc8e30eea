"""How long it takes until the first screen is there, beside an app of Textual's that shows one word.

python -m tests.bench.first_screen
"""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import statistics
import struct
import sys
import termios
import time

RUNS = 9
OURS = (sys.executable, "-m", "gluster_tui", "demo")
EMPTY_APP = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("here")

Empty().run()
"""
EMPTY = (sys.executable, "-c", EMPTY_APP)


def seconds_until(command: tuple[str, ...], word: bytes) -> float:
    """From the start of a program in a terminal of its own until a word is on its screen."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled
    begun = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.execvpe(command[0], command, environment)
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        seen = b""
        while word not in seen:
            seen += os.read(terminal, 1 << 16)
        return time.perf_counter() - begun
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


def main() -> None:
    """Prints the times of each, and their ratios."""
    pairs = [
        (seconds_until(OURS, b"gluster-tui"), seconds_until(OURS, b"Replicas"), seconds_until(EMPTY, b"here"))
        for _ in range(RUNS + 1)
    ][1:]
    first, explorer, empty = (statistics.median(times) for times in zip(*pairs, strict=True))
    for words, seconds in (("first screen", first), ("the explorer's", explorer)):
        words += " against the first of an empty Textual app"
        print(f"{words:62} {seconds:8.3f}s {empty:8.3f}s   {seconds / empty:.2f}", flush=True)


if __name__ == "__main__":
    main()
