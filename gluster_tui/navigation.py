"""Which dataset is open, and which screen is shown: opens what was named, and moves between screens."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from textual.screen import Screen

from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.mounts import Mount, gluster_mounts
from disco.dfs.gluster.workers import DaemonExecutor

from .crash import outcome
from .display import NodeColours, shown
from .map_choice import MapChoice
from .quiet import give_back
from .screens.explorer import ExplorerScreen
from .screens.mounts import MountsScreen
from .screens.opening import OpeningScreen, ProblemScreen
from .screens.question import QuestionScreen
from .session import Session, open_path
from .widgets.bars import FilterBar, Typed

if TYPE_CHECKING:
    from .app import GlusterTui

__all__ = ["Navigation"]

_OPENS_AT_ONCE = 0.25  # seconds
_CLOSES_WITHIN = 5.0  # seconds that it is waited for what was open


class Navigation:
    """Moves the app between screens. On its thread only; arguments as those of the app."""

    def __init__(
        self,
        app: GlusterTui,
        opener: Callable[[], Session] | None,
        words: str,
        choice: MapChoice,
        mounts: Callable[[], list[Mount]] | None,
    ) -> None:
        self._app = app
        self._opener, self._words = opener, words
        self._choice = choice
        self._mounts = mounts or gluster_mounts
        self._attempt = 0
        self._typed = Typed()
        self._at: tuple[bytes, bytes] | None = None  # a directory, and the file in it that the cursor was on
        self._left_dataset = False

    def begin(self) -> None:
        """Opens what the user named, else the only mount that there is, else shows which there are."""
        if self._opener is not None:
            self._open(self._opener)
            return
        found = self._mounts()
        if len(found) == 1:
            self.open_path(os.fsdecode(found[0].mount_point))
        else:
            self._only(MountsScreen(found))

    def open_path(self, path: str) -> None:
        """Opens a path in place of what is open."""
        choice = self._choice
        self._typed, self._at = Typed(), None
        self._opener, self._words = (lambda: open_path(path, choice)), path
        self._open(self._opener)

    def reopen(self) -> None:
        """Reads again what is open; the filter stays, and the cursor on its file."""
        self._if_map_is_saved(self._reopen, "Drop and read again")

    def show_mounts(self) -> None:
        """Leaves what is open for the list of mounts."""
        self._if_map_is_saved(self._show_mounts, "Drop and go")

    def leave(self) -> None:
        """Ends the program."""
        self._if_map_is_saved(self._app.exit, "Drop and leave")

    def _only(self, screen: Screen[None]) -> None:
        """Shows a screen in place of all others."""
        while len(self._app.screen_stack) > 1:
            self._app.pop_screen()
        self._app.push_screen(screen)
        if isinstance(screen, ExplorerScreen):
            self._app.give_keys()
        elif not isinstance(screen, OpeningScreen):
            self._app.drop_keys()

    def _open(self, opener: Callable[[], Session]) -> None:
        self._attempt += 1
        attempt, thread = self._attempt, DaemonExecutor(1, "opening")
        self._app.hold_keys()
        closed = [screen.loader for screen in self._app.screen_stack if isinstance(screen, ExplorerScreen)]

        def open_after() -> Session:
            for loader in closed:  # two datasets at once may be more than there is memory for
                loader.wait_until_ended(_CLOSES_WITHIN)
            return opener()

        def done(future: Future[Session]) -> None:
            found = outcome(future)
            self._app.call_later(self._opened, found, attempt)

        if len(self._app.screen_stack) > 1:
            self._only(OpeningScreen(self._words))
        else:
            self._app.set_timer(_OPENS_AT_ONCE, self._show_opening)
        thread.submit(open_after).add_done_callback(done)
        thread.shutdown()  # when that is done

    def _show_opening(self) -> None:
        """Says what is being opened, where that takes long enough to be read."""
        if len(self._app.screen_stack) == 1:
            self._only(OpeningScreen(self._words))

    def _opened(self, found: Session | GlusterError, attempt: int) -> None:
        wanted = attempt == self._attempt
        if isinstance(found, GlusterError):
            if wanted:
                self._only(ProblemScreen(self._words, found))
        elif wanted:
            if self._left_dataset:
                give_back()
            self._left_dataset = True
            colours = NodeColours(found.nodes, dark=self._app.current_theme.dark)
            self._only(ExplorerScreen(found, colours, self._typed, self._at))
        else:
            found.close()

    def _reopen(self) -> None:
        for screen in self._app.screen_stack:
            if isinstance(screen, ExplorerScreen):
                self._typed = screen.query_one(FilterBar).typed
                row = screen.files.row_at_cursor() if screen.files.cursor else None
                self._at = (row.directory.path, row.name) if row is not None else None
        if self._opener is None:
            self._only(MountsScreen(self._mounts()))
        else:
            self._open(self._opener)

    def _show_mounts(self) -> None:
        self._attempt += 1  # what is being opened is not wanted any more
        self._only(MountsScreen(self._mounts()))

    def _if_map_is_saved(self, go_on: Callable[[], None], what: str) -> None:
        """Goes on; where edits of the host map are in no file yet, only if the user agrees to drop them."""
        stack = self._app.screen_stack
        desks = [screen.desk for screen in stack if isinstance(screen, ExplorerScreen)]
        if not any(desk.dirty for desk in desks):
            go_on()
            return
        if any(isinstance(screen, QuestionScreen) for screen in stack):
            return
        words = f"Your edits of {shown(desks[0].path)} are not saved. w in the workbench (m) saves them."
        if any(desk.saving for desk in desks):
            words = (
                f"{shown(desks[0].path)} is being saved: it will hold the old map, or the new one without later edits."
            )
        question = QuestionScreen("Drop the edits of the host map?", words, yes=what, no="Stay")
        self._app.push_screen(question, lambda answer: go_on() if answer else None)
