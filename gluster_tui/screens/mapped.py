"""A screen that goes by a host map: it watches the map's file, tells of it, and opens the workbench."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen

from disco.dfs.gluster.errors import GlusterError, shown
from disco.dfs.gluster.map_saving import MapFile, use_line

from ..display import NodeColours, by_words
from ..map_desk import MapDesk
from ..messages import MapSaved
from ..session import Session
from ..updates import Update
from ..widgets.bars import NoticeBar

if TYPE_CHECKING:
    from .workbench import WorkbenchScreen

__all__ = ["MappedScreen"]

_TOAST = 52  # cells of a line in a notification
_MAP_EVERY = 2.0  # seconds after which the host map's file is looked at again


@dataclass
class _MapRead(Message):
    """The host map's file was read, or cannot be."""

    found: MapFile | GlusterError


class MappedScreen(Screen[None]):
    """``latest``: what the loader told last. What it shows of nodes and volumes, a subclass says."""

    def __init__(self, session: Session, colours: NodeColours) -> None:
        super().__init__()
        self.session, self.colours = session, colours
        self.latest: Update | None = None
        self.desk = MapDesk(session, self._map_changed)
        self._workbench: WorkbenchScreen | None = None

    def nodes_changed(self) -> None:
        """Shows other nodes than before: the session goes by another map."""
        raise NotImplementedError

    @property
    def volume_at_cursor(self) -> int | None:
        """The volume that the user looks at."""
        raise NotImplementedError

    def go_to_volume(self, volume: int) -> None:
        """Goes to the next file that lies on a volume."""
        raise NotImplementedError

    def watch_map(self) -> None:
        """Looks at the host map's file, now and time and again."""
        self.look_at_map()
        self.set_interval(_MAP_EVERY, self.look_at_map)

    def look_at_map(self) -> None:
        """Looks whether the host map's file has changed."""
        self.desk.look(lambda found: self.post_message(_MapRead(found)))

    def on__map_read(self, message: _MapRead) -> None:
        if self.desk.take_read(message.found):
            self._tell_of_map()

    def on_map_saved(self, message: MapSaved) -> None:
        """A save has ended; its dialog may have been left since."""
        self.desk.saving = False
        if isinstance(message.outcome, GlusterError):
            if self._workbench is None or not self._workbench.refused(message.outcome):
                self.notify(shown(str(message.outcome)), title="Not saved", severity="error", markup=False)
            return
        words = shown(message.target)
        if self.desk.is_recorded or os.path.abspath(self.desk.path) != message.target:
            words = f"{words}, which jobs use by {shown(use_line(message.target))}"
        # Textual cuts what has no space to break it at.
        self.notify("\n".join(by_words(words, _TOAST)), title="Saved", markup=False)
        self.desk.saved(message.outcome)
        if self._workbench is not None:
            self._workbench.close_dialog()

    def _tell_of_map(self) -> None:
        """Shows what is new of the map's file."""
        words, on_disk = "", self.desk.on_disk
        if on_disk is not None:
            gone = "is gone from the disk: m, then w, writes it again"
            words = f"! the host map {gone if on_disk.content is None else 'has changed on disk: m, then l, takes it'}"
        self.query_one(NoticeBar).tell_of_map(words)
        if self._workbench is not None:
            self._workbench.map_changed()

    def _map_changed(self) -> None:
        """The session goes by another map from now on."""
        self.colours.know(self.session.nodes)
        self.nodes_changed()
        self._tell_of_map()

    def action_host_map(self) -> None:
        """Opens the workbench, on the volume that the user looks at."""
        from .workbench import WorkbenchScreen  # it would hold up the first screen

        self._workbench = WorkbenchScreen(self.desk, self.colours, self.post_message, self.volume_at_cursor)
        self.app.push_screen(self._workbench, self._left_workbench)
        if self.latest is not None:  # not before it has a place: what a thread tells it would be lost
            self.show_in_workbench(self.latest)

    def show_in_workbench(self, update: Update) -> None:
        """Shows what an update tells in the workbench, where it is open."""
        if self._workbench is not None:
            self._workbench.selection_changed(update.picture, whole=update.complete)

    def _left_workbench(self, volume: int | None) -> None:
        self._workbench = None
        if volume is not None:
            self.go_to_volume(volume)
