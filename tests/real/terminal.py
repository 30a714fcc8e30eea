"""A terminal of its own for a program: tmux on a private socket, with a plain shell in it."""

import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from .running import environment
from .waiting import WaitError, wait_until

PROMPT = "ready> "
SECONDS = 30.0


class Terminal:
    """A shell on a screen of `columns` by `lines`, without anybody's settings. `directory` takes the socket."""

    def __init__(self, directory: Path, columns: int = 120, lines: int = 40) -> None:
        self._tmux = [shutil.which("tmux") or "tmux", "-S", str(directory / "tmux"), "-f", "/dev/null", "-u"]
        self._size = ["-x", str(columns), "-y", str(lines)]

    def __enter__(self) -> Self:
        shell = ["env", f"PS1={PROMPT}", "LC_ALL=C.UTF-8", "bash", "--norc", "--noprofile"]
        self._run("new-session", "-d", *self._size, *shell)
        self.wait(lambda text: text.startswith(PROMPT.strip()), "the shell's prompt")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("kill-server")

    def type(self, *words: str | Path) -> None:
        """Type a command, and Enter."""
        self.write(shlex.join(map(str, words)))
        self.press("Enter")

    def write(self, text: str) -> None:
        """Type a text as it is."""
        self._run("send-keys", "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        self._run("send-keys", *keys)

    def text(self) -> str:
        """What is on the screen."""
        return self._run("capture-pane", "-p")

    def state(self, *names: str) -> list[str]:
        """What tmux knows of the terminal, as alternate_on."""
        return self._run("display-message", "-p", " ".join(f"#{{{name}}}" for name in names)).split()

    def wait(self, condition: Callable[[str], object], what: str) -> str:
        """Wait until the screen's text fulfils a condition, and return it."""
        seen = [""]

        def fulfilled() -> bool:
            seen.append(self.text())
            return bool(condition(seen[-1]))

        try:
            wait_until(fulfilled, SECONDS, what)
        except WaitError as error:
            raise WaitError(f"{error}; the screen shows:\n{seen[-1]}") from error
        return seen[-1]

    def wait_for(self, *words: str) -> str:
        """Wait until all of these are on the screen, and return its text."""
        return self.wait(lambda text: all(word in text for word in words), f"{words} on the screen")

    def wait_for_prompt(self) -> str:
        """Wait until the shell has the terminal again, and return the screen's text."""
        return self.wait(lambda text: text.rstrip("\n").rpartition("\n")[2] == PROMPT.strip(), "the shell's prompt")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], capture_output=True, check=True, env=environment(TERM="xterm-256color")
        )
        return done.stdout.decode()
