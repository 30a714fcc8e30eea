"""The app: opens what was named, and moves between screens. It never touches a mount itself."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.mounts import Mount, gluster_mounts

from .commands import APP_COMMANDS, Command, bindings
from .crash import UnexpectedError
from .display import NodeColours, shown
from .messages import CopyWanted, Opened, OpeningFailed, OpenWanted
from .screens.explorer import ExplorerScreen
from .screens.help import HelpScreen
from .screens.mounts import MountsScreen
from .screens.opening import OpeningScreen, ProblemScreen
from .screens.question import QuestionScreen
from .session import MapChoice, Session, open_path

__all__ = ["GlusterTui"]

Opener = Callable[[], Session]
_OPENS_AT_ONCE = 0.25  # seconds


class GlusterTui(App[None]):
    """The explorer.

    ``opener``: opens what the user named, on a thread of its own; None to begin with the mounts that ``mounts`` finds.
    ``words``: what is being opened, for the screen. ``choice``: the host map to use for a path that is opened later.
    """

    TITLE = "gluster-tui"
    CSS_PATH = "styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(APP_COMMANDS)

    def __init__(
        self,
        opener: Opener | None,
        words: str,
        choice: MapChoice | None = None,
        mounts: Callable[[], list[Mount]] = gluster_mounts,
    ) -> None:
        super().__init__()
        self._opener = opener
        self._words = words
        self._choice = choice or MapChoice()
        self._mounts = mounts
        self._attempt = 0

    def on_mount(self) -> None:
        with contextlib.suppress(ValueError, RuntimeError):  # not on the main thread, as in a test
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._terminated)
        if self._opener is not None:
            self._open()
            return
        found = self._mounts()
        if len(found) == 1:
            self._open_path(os.fsdecode(found[0].mount_point))
        else:
            self._only(MountsScreen(found))

    def _terminated(self) -> None:
        self.exit(return_code=128 + signal.SIGTERM)

    def _only(self, screen: Screen[None]) -> None:
        """Shows a screen in place of all others."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)

    def _open_path(self, path: str) -> None:
        choice = self._choice
        self._opener, self._words = (lambda: open_path(path, choice)), path
        self._open()

    def _open(self) -> None:
        self._attempt += 1
        attempt, opener = self._attempt, self._opener
        assert opener is not None

        def work() -> None:
            try:
                session = opener()
            except GlusterError as error:
                self.post_message(OpeningFailed(error, attempt))
            except Exception as error:  # noqa: BLE001 - nobody else would hear of it
                self.post_message(OpeningFailed(UnexpectedError(error), attempt))
            else:
                self.post_message(Opened(session, attempt))

        if len(self.screen_stack) > 1:
            self._only(OpeningScreen(self._words))
        else:
            self.set_timer(_OPENS_AT_ONCE, self._show_opening)
        threading.Thread(target=work, name="opening", daemon=True).start()

    def _show_opening(self) -> None:
        """Says what is being opened, where that takes long enough to be read."""
        if len(self.screen_stack) == 1:
            self._only(OpeningScreen(self._words))

    def on_opened(self, message: Opened) -> None:
        if message.attempt != self._attempt:
            message.session.close()
            return
        colours = NodeColours(message.session.nodes, dark=self.current_theme.dark)
        self._only(ExplorerScreen(message.session, colours))

    def on_opening_failed(self, message: OpeningFailed) -> None:
        if message.attempt == self._attempt:
            self._only(ProblemScreen(self._words, message.error))

    def on_open_wanted(self, message: OpenWanted) -> None:
        self._open_path(message.path)

    def on_reopen_wanted(self) -> None:
        self._if_map_is_saved(self._reopen, "Drop and read again")

    def _reopen(self) -> None:
        if self._opener is None:
            self._only(MountsScreen(self._mounts()))
        else:
            self._open()

    def on_mounts_wanted(self) -> None:
        self._if_map_is_saved(self._show_mounts, "Drop and go")

    def _show_mounts(self) -> None:
        self._attempt += 1  # what is being opened is not wanted any more
        self._only(MountsScreen(self._mounts()))

    def on_copy_wanted(self, message: CopyWanted) -> None:
        """Copies bytes as they are: Textual's own method encodes text, and fails on what is not UTF-8."""
        if self._driver is not None:
            encoded = base64.b64encode(message.copied).decode("ascii")
            self._driver.write(f"\x1b]52;c;{encoded}\a")
        self.notify(shown(message.copied), title="Copied", markup=False, timeout=3)

    def _if_map_is_saved(self, go_on: Callable[[], None], what: str) -> None:
        """Goes on; where edits of the host map are in no file yet, only if the user agrees to drop them."""
        desks = [screen.desk for screen in self.screen_stack if isinstance(screen, ExplorerScreen)]
        if not any(desk.dirty for desk in desks):
            go_on()
            return
        if any(isinstance(screen, QuestionScreen) for screen in self.screen_stack):
            return
        words = f"Your edits of {shown(desks[0].path)} are not saved. w in the workbench (m) saves them."
        if any(desk.saving for desk in desks):
            words = (
                f"{shown(desks[0].path)} is being saved: it will hold the old map, or the new one without later edits."
            )
        question = QuestionScreen("Drop the edits of the host map?", words, yes=what, no="Stay")
        self.push_screen(question, lambda answer: go_on() if answer else None)

    async def action_quit(self) -> None:
        """Leaves at once, but for edits of the host map that are in no file."""
        self._if_map_is_saved(self.exit, "Drop and leave")

    def action_help_quit(self) -> None:
        """What ctrl+c does where it copies nothing; Textual's own names a key that stands nowhere else here."""
        self.notify("Press q to leave.", timeout=3)

    def action_help(self) -> None:
        """Shows the keys and the signs, once."""
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
