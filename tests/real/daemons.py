"""The GlusterFS processes of a volume: one that serves bricks, one that mounts."""

import contextlib
import os
import random
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .prerequisites import program
from .state import VolumeError
from .teardown import command_line, send
from .waiting import wait_until

# Below the range that the kernel gives out for outgoing connections: a stopped brick finds its port free
# again.
PORTS = range(20000, 32000)
START_SECONDS = 30.0
LOG_LINES = 12


class DaemonError(VolumeError):
    """A GlusterFS process that did not start; the message ends with its log."""


class Daemon:
    """One process with its log and its pid file in the volume's directory; it can be started again.

    The paths are absolute: GlusterFS makes a directory of a relative log file's name.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self.log = directory / "log" / f"{name}.log"
        self.pid_file = directory / "run" / f"{name}.pid"

    def start(self, arguments: Sequence[str], prefix: Sequence[str] = ()) -> None:
        """Run it, through the command `prefix`; returns when it works: GlusterFS goes to the background by then."""
        command = [*prefix, program(arguments[0]), "-l", str(self.log), "-p", str(self.pid_file), *arguments[1:]]
        try:
            subprocess.run(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=START_SECONDS,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise DaemonError(f"{error}\n{self.log_end()}") from error
        if not self.alive:
            raise DaemonError(f"{' '.join(command)} ended at once\n{self.log_end()}")

    @property
    def pid(self) -> int:
        """Its number; 0 before the first start, and once it has ended in order."""
        try:
            return int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return 0

    @property
    def alive(self) -> bool:
        """Whether it runs, or is stopped."""
        return os.fsencode(self.pid_file) in command_line(self.pid)

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        if self.alive:
            send(self.pid, signal.SIGKILL)
            wait_until(lambda: not self.alive, what=f"process {self.pid} is gone")

    def hang(self) -> None:
        """SIGSTOP, and wait until it has effect."""
        self._signal(signal.SIGSTOP)
        wait_until(lambda: self._run_state() == "T", what=f"process {self.pid} is stopped")

    def resume(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def reload(self) -> None:
        """SIGHUP: a client asks for its volfile again."""
        self._signal(signal.SIGHUP)

    def log_end(self) -> str:
        """The last lines of its log."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            lines = ["(it wrote no log)"]
        return "\n".join(lines[-LOG_LINES:])

    def _signal(self, number: signal.Signals) -> None:
        if not self.alive:
            raise DaemonError(f"{self.pid_file.stem} is not running")
        os.kill(self.pid, number)

    def _run_state(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2][0]
        return ""


def free_port(host: str) -> int:
    """A port of this machine that nothing listens on."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return port
    raise DaemonError(f"no free port on {host} in {PORTS}")
