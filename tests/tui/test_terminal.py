"""The program on a real terminal: which bytes reach it, and how it is left."""

from __future__ import annotations

import base64
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .driving import DEMO
from .sources import dataset_text
from .test_cli import SCRIPT

SECONDS = 30
OWNED = b"\x1b]0;owned\x07"
COPIED = re.compile(rb"\x1b\]52;c;([^\x07\x1b]*)\x07")


BROKEN = """
import sys
from gluster_tui import cli
from gluster_tui.screens.explorer import ExplorerScreen

def broken(screen, message):
    raise ZeroDivisionError("of ours")

ExplorerScreen.on_loaded = broken
sys.exit(cli.main(["demo"]))
"""


class OnTerminal:
    """A program on a terminal of its own, of 100 by 24 cells."""

    def __init__(self, *words: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        environment = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        self.program = subprocess.Popen(
            words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=environment
        )
        os.close(slave)
        self.written = b""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._master, 1 << 16)
            except OSError:  # the program has closed its end
                return
            self.written += part

    def until(self, words: bytes, since: int = 0) -> None:
        end = time.monotonic() + SECONDS
        while words not in self.written[since:]:
            assert time.monotonic() < end, f"never written: {words!r}"
            threading.Event().wait(0.01)

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def hang_up(self) -> None:
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        self.program.kill()
        self.program.wait()
        if self._master >= 0:
            os.close(self._master)


@contextmanager
def on_terminal(*words: str) -> Iterator[OnTerminal]:
    terminal = OnTerminal(*words)
    try:
        yield terminal
    finally:
        terminal.close()


def test_q_ends_it_with_0_and_gives_the_terminal_back() -> None:
    with on_terminal(SCRIPT, DEMO) as terminal:
        terminal.until(b"complete")
        terminal.press(b"q")
        assert terminal.program.wait(SECONDS) == 0
        terminal.until(b"\x1b[?1049l")  # the screen from before
        terminal.until(b"\x1b[?25h")  # the cursor


def test_a_terminal_that_goes_away_ends_it() -> None:
    with on_terminal(SCRIPT, DEMO) as terminal:
        terminal.until(b"complete")
        terminal.hang_up()
        assert terminal.program.wait(SECONDS) == 129


def within(condition: Callable[[], object], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        threading.Event().wait(0.01)


def stuck_helpers(program: int) -> list[Path]:
    """The processes of a program that have matched expressions for a second."""
    form = ["-o", "pid=,cputimes=,args="]
    listed = subprocess.run(["ps", "ww", "--ppid", str(program), *form], stdout=subprocess.PIPE, check=False)
    lines = [line.split(maxsplit=2) for line in listed.stdout.decode().splitlines()]
    return [Path("/proc", pid) for pid, seconds, words in lines if "gluster.matching" in words and int(seconds) >= 1]


def test_a_terminal_that_goes_away_leaves_no_expression_behind(tmp_path: Path) -> None:
    path = tmp_path / "hard.jsonl"
    path.write_bytes(dataset_text([b"a" * 60 + b"!"], hostmap="nx01 node\n"))
    with on_terminal(SCRIPT, str(path)) as terminal:
        terminal.until(b"complete")
        terminal.press(b"\x12/(a+)+$")
        within(lambda: stuck_helpers(terminal.program.pid), SECONDS, "it is matched")
        helpers = stuck_helpers(terminal.program.pid)
        terminal.hang_up()
        terminal.program.wait(SECONDS)
        # By itself it would end after 20 seconds.
        within(lambda: not any(helper.exists() for helper in helpers), 10, "the helper is gone")


def test_no_name_reaches_the_terminal_raw_and_its_bytes_can_be_copied(tmp_path: Path) -> None:
    names = [b"a" + OWNED, b"b\x9b31m", "c\u009b31m".encode(), "d\u202e".encode(), b"e\r\n\x1b[2J", b"f\xff\xfe"]
    path = tmp_path / "hostile.jsonl"
    path.write_bytes(dataset_text([*names, *(b"d/" + name for name in names)], hostmap="nx01 node\n"))
    with on_terminal(SCRIPT, str(path)) as terminal:
        terminal.until(b"complete")
        terminal.press(b"c")
        terminal.until(b"\x1b]52;c;")
        terminal.press(b"e")
        terminal.until(b"The first lines")
        terminal.press(b"\x1b")
        before = len(terminal.written)
        terminal.until(b"Files", before)
        terminal.press(b"q")
        assert terminal.program.wait(SECONDS) == 0
        text = terminal.written.decode()  # all of it is UTF-8
        assert OWNED.decode() not in text
        assert not re.search("[\x80-\x9f\u2028-\u202e]", text)
        (copied,) = COPIED.findall(terminal.written)
        assert base64.b64decode(copied) == b"/inputfs/a" + OWNED


def test_it_is_left_at_once_while_a_mount_does_not_answer() -> None:
    program = "import time; from gluster_tui.app import GlusterTui; GlusterTui(lambda: time.sleep(60), '/hangs').run()"
    with on_terminal(sys.executable, "-c", program) as terminal:
        terminal.until(b"Opening /hangs")
        began = time.monotonic()
        terminal.press(b"q")
        terminal.program.wait(SECONDS)
        assert time.monotonic() - began < 5


def test_sigterm_ends_it_and_gives_the_terminal_back() -> None:
    with on_terminal(SCRIPT, DEMO) as terminal:
        terminal.until(b"complete")
        terminal.program.send_signal(signal.SIGTERM)
        assert terminal.program.wait(SECONDS) == 143
        terminal.until(b"\x1b[?1049l")


def test_it_can_be_suspended_and_comes_back() -> None:
    with on_terminal(SCRIPT, DEMO) as terminal:
        terminal.until(b"complete")
        terminal.press(b"\x1a")
        os.waitid(os.P_PID, terminal.program.pid, os.WSTOPPED)
        terminal.until(b"\x1b[?1049l")
        before = len(terminal.written)
        terminal.program.send_signal(signal.SIGCONT)
        terminal.until(b"complete", before)
        terminal.press(b"q")
        assert terminal.program.wait(SECONDS) == 0


def test_the_first_screen_needs_nothing_of_the_core() -> None:
    code = "import gluster_tui.app, gluster_tui.hangup, gluster_tui.subcommands.explore, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.split()
    assert not [name for name in loaded if name.startswith(b"disco")]


def test_an_error_of_ours_on_the_screen_gives_a_sentence_and_a_log_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with on_terminal(sys.executable, "-c", BROKEN) as terminal:
        assert terminal.program.wait(SECONDS) == 70
        terminal.until(b"gluster-tui: this should not have happened: ZeroDivisionError('of ours')")
        terminal.until(str(tmp_path / "gluster-tui" / "crash.log").encode())
        assert b"Traceback" not in terminal.written
    assert "ZeroDivisionError: of ours" in (tmp_path / "gluster-tui" / "crash.log").read_text()


@pytest.mark.parametrize("sent", [b"\xff", b"\xc3(", b"\x1b[9999999999u"], ids=["byte", "sequence", "no-key"])
def test_bytes_that_are_no_key_are_dropped_and_told(sent: bytes) -> None:
    with on_terminal(SCRIPT, DEMO) as terminal:
        terminal.until(b"complete")
        terminal.press(sent)
        terminal.until(b"they were")
        terminal.press(b"q")
        assert terminal.program.wait(SECONDS) == 0
        assert b"Traceback" not in terminal.written


def test_an_error_on_a_thread_is_told_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    program = BROKEN.replace(
        "    raise", "    threading.Thread(target=divmod, args=(1, 0)).start()\n    return\n    raise"
    )
    with on_terminal(sys.executable, "-c", f"import threading\n{program}") as terminal:
        terminal.until(b"ZeroDivisionErr")
        terminal.press(b"q")
        assert terminal.program.wait(SECONDS) == 0
    assert "ZeroDivisionError" in (tmp_path / "gluster-tui" / "crash.log").read_text()
