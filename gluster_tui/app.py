"""The app: its first screen, which says that it is there; what all screens share. It never touches a mount itself.

What the first screen can do without is imported behind it, with ``navigation.py``.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.content import Content
from textual.driver import Driver
from textual.screen import Screen
from textual.widgets import Static

from .commands import APP_COMMANDS, Command, bindings
from .key_order import KeysInOrder
from .map_choice import MapChoice

if TYPE_CHECKING:
    from rich.console import RenderableType

    from disco.dfs.gluster.mounts import Mount

    from .messages import CopyWanted, OpenWanted
    from .navigation import Navigation
    from .session import Session

__all__ = ["GlusterTui"]

# New objects, and so on, after which the collector looks for garbage: by default 700, so that it looks several times
# while a screen is painted.
_COLLECT_AFTER = (20_000, 20, 50)


class GlusterTui(KeysInOrder):
    """The explorer.

    ``opener``: opens what the user named, on a thread of its own; None to begin with the mounts that ``mounts`` finds:
    by default those of this machine. ``words``: what is being opened, for the screen. ``choice``: the host map to use
    for a path that is opened later. ``crash_words``: what to tell the user, where it has ended by an error that should
    not have happened.
    """

    TITLE = "gluster-tui"
    CSS_PATH = "styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(APP_COMMANDS)

    def __init__(
        self,
        opener: Callable[[], Session] | None,
        words: str,
        choice: MapChoice | None = None,
        mounts: Callable[[], list[Mount]] | None = None,
    ) -> None:
        super().__init__()
        self._opener, self._words = opener, words
        self._choice = choice or MapChoice()
        self._mounts = mounts
        self._navigation: Navigation | None = None
        self.crash_words: str | None = None

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(("gluster-tui", "bold"), "  Opening ..."), id="title")

    def on_mount(self) -> None:
        with contextlib.suppress(ValueError, RuntimeError):  # not on the main thread, as in a test
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._terminated)
        self.hold_keys()
        self.call_after_refresh(self.run_worker, self._load, thread=True)

    def _fatal_error(self) -> None:
        """Textual's own fills the terminal with a traceback: a user gets a sentence, and a file to send to us."""
        from .crash import UnexpectedError

        self.crash_words = str(UnexpectedError(sys.exception()))
        self.panic()

    def panic(self, *renderables: RenderableType) -> None:
        """Ends by an error; what Textual would show of it goes to the log."""
        if renderables and self.crash_words is None:
            from .crash import log_crash

            with self.console.capture() as shown:
                self.console.print(*renderables)
            self.crash_words = f"this should not have happened\n{log_crash(shown.get())}"
        super().panic()

    def thread_failed(self, what: threading.ExceptHookArgs) -> None:
        """Tells of an error on a thread that nobody waits for."""
        from .crash import UnexpectedError

        words = str(UnexpectedError(what.exc_value))
        self.call_later(self.notify, words, severity="error", markup=False, timeout=30)

    def get_driver_class(self) -> type[Driver]:
        """Textual's, made sturdy where it is the one for a terminal."""
        from textual.drivers.linux_driver import LinuxDriver

        from .driver import SturdyDriver

        found = super().get_driver_class()
        return SturdyDriver if found is LinuxDriver else found

    def _terminated(self) -> None:
        self.exit(return_code=128 + signal.SIGTERM)

    def _load(self) -> None:
        """Imports all else."""
        from .navigation import Navigation

        navigation = Navigation(self, self._opener, self._words, self._choice, self._mounts)
        self.call_later(self._loaded, navigation)

    def _loaded(self, navigation: Navigation) -> None:
        self._navigation = navigation
        navigation.begin()
        gc.freeze()  # what was loaded stays; the collector need not look through it
        gc.set_threshold(*_COLLECT_AFTER)
        gc.enable()

    def on_open_wanted(self, message: OpenWanted) -> None:
        if self._navigation is not None:
            self._navigation.open_path(message.path)

    def on_reopen_wanted(self) -> None:
        if self._navigation is not None:
            self._navigation.reopen()

    def on_mounts_wanted(self) -> None:
        if self._navigation is not None:
            self._navigation.show_mounts()

    async def action_quit(self) -> None:
        """Leaves at once, but for edits of the host map that are in no file."""
        if self._navigation is None:
            self.exit()
        else:
            self._navigation.leave()

    def on_copy_wanted(self, message: CopyWanted) -> None:
        """Copies bytes as they are: Textual's own method encodes text, and fails on what is not UTF-8."""
        if self._driver is not None:
            encoded = base64.b64encode(message.copied).decode("ascii")
            self._driver.write(f"\x1b]52;c;{encoded}\a")
        self.notify(message.words, title="Copied", markup=False, timeout=3)

    def action_help_quit(self) -> None:
        """What ctrl+c does where it copies nothing; Textual's own names a key that stands nowhere else here."""
        self.notify("Press q to leave.", timeout=3)

    def action_help(self) -> None:
        """Shows the keys and the signs, once."""
        from .screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: every command that applies here, and the themes."""
        own: tuple[Command, ...] = getattr(screen, "OWN_COMMANDS", ())
        for command in (*own, *APP_COMMANDS):
            target = screen if command in own else self
            action = command.action
            yield SystemCommand(
                command.title, f"{command.words} ({command.binding.key_display or command.key})",
                lambda action=action, target=target: self.call_later(target.run_action, action),
            )  # fmt: skip
        yield SystemCommand("theme", "Change the colours", self.action_change_theme)
