"""The host map while it is mended: its file as it was read, its edits, and what they do to the session at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from functools import partial

from disco.dfs.gluster.errors import GlusterError, HostnameMapError, NoHostnameMapError, PathError
from disco.dfs.gluster.hostmap import MAP_FILE_NAME, MAP_VARIABLE, HostnameMap
from disco.dfs.gluster.map_edits import MapEdits
from disco.dfs.gluster.map_merging import Conflict, merge
from disco.dfs.gluster.map_saving import MapFile, read_map_file, save_map
from disco.dfs.gluster.map_text import MapText
from disco.dfs.gluster.workers import DaemonExecutor

from .session import Session

__all__ = ["MapDesk"]


class MapDesk:
    """On the screen's thread only. ``changed``: called after whatever changes the map that the session goes by.

    ``path``: the file that the map came from, and goes to. ``file``: what it held when it was read or saved last, None
    until that is known. ``on_disk``: what it holds by now, where that is something else.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self.session = session
        self.path = _path_of(session)
        self.file: MapFile | None = None
        self.on_disk: MapFile | None = None
        self._changed = changed
        self._looking = False
        self._given = session.hostmap, session.map_error
        self._own = DaemonExecutor(1, "map")
        read = MapText.parse(session.hostmap.text) if session.hostmap.text else None
        self.edits = MapEdits(read, session.hostmap.source if session.hostmap.wanted else self.path)

    @property
    def dirty(self) -> bool:
        """There are edits that are in no file."""
        return self.edits.dirty

    @property
    def hostmap(self) -> HostnameMap:
        """What the map on the desk says; the session goes by it from the first edit on, where it did not before."""
        return self.edits.hostname_map()

    @property
    def missing(self) -> GlusterError | None:
        """Why there is no map, until one is begun here."""
        return self._given[1] if not self.edits.text.lines else None

    # What is asked of the file: never on the screen's thread.

    @property
    def _executor(self) -> Executor:
        return self.session.executor or self._own

    def look(self, tell: Callable[[MapFile], object]) -> None:
        """Reads the file, unless that is under way; ``tell`` hears of it on another thread, where it can be read."""
        if self._looking:
            return
        self._looking = True

        def told(future: Future[MapFile]) -> None:
            self._looking = False
            if not future.cancelled() and future.exception() is None:
                tell(future.result())

        self._executor.submit(read_map_file, self.path).add_done_callback(told)

    def save(self, path: str, *, overwrite: bool, backup: bool) -> Future[MapFile]:
        """Writes what is on the desk to a file, over nobody else's changes unless ``overwrite``."""
        before = self.file.content if self.file is not None and path == self.path else None
        return self._executor.submit(
            partial(save_map, self.edits.text.text, path, before, overwrite=overwrite, backup=backup)
        )

    # What came of it.

    def take_read(self, file: MapFile) -> bool:
        """Takes up what the file holds: the first time to begin with it, later to see whether it has changed. Returns
        whether that is news.
        """
        if self.file is None:
            self.file = file
            if self.session.is_recording and not self.session.map_is_named:
                return False  # the map is the recording's; no file is where it is proposed to be saved
            if file.content is not None and file.content != self.edits.text.text:
                if self.session.hostmap.wanted:
                    self.file = MapFile(file.path, self.edits.text.text, file.others)
                    self.on_disk = file
                else:  # it could not be used, or was not asked for: mended, it can
                    self.edits = MapEdits(MapText.parse(file.content), self.path)
            return True
        news = file.content != (self.on_disk or self.file).content
        self.on_disk = file if file.content != self.file.content else None
        return news

    def take_disk(self) -> tuple[Conflict, ...]:
        """Goes on with the file as it is now, and the edits made here on top; returns where both changed a name, and
        the file's node stands.
        """
        if self.on_disk is None:
            return ()
        theirs = MapText.parse(self.on_disk.content or b"")
        merged = merge(self.edits.read or MapText(), self.edits.text, theirs)
        self._go_on_with(theirs, merged.text, "taken from the file")
        return merged.conflicts

    def drop_edits(self) -> None:
        """Goes on with the file as it is now."""
        if self.on_disk is not None:
            theirs = MapText.parse(self.on_disk.content or b"")
            self._go_on_with(theirs, theirs, "reloaded")

    def _go_on_with(self, theirs: MapText, now: MapText, words: str) -> None:
        self.file, self.on_disk = self.on_disk, None
        self.edits.reread(theirs, now, words)
        self._apply()

    def found(self, content: bytes | None) -> None:
        """Takes up what a save found in the file that was not there before."""
        assert self.file is not None
        self.on_disk = MapFile(self.file.path, content, self.file.others)

    def saved(self, file: MapFile) -> None:
        """What is on the desk is in a file now, which is the map's from here on."""
        self.file, self.on_disk, self.path = file, None, os.fsdecode(file.path)
        self.edits.source = self.path
        self.edits.saved()
        self._apply()

    # Edits.

    def set_nodes(self, nodes: Mapping[str, str], words: str) -> None:
        """Gives names their nodes, as one step; HostnameMapError for words that a map cannot hold."""
        self.edits.set_nodes(nodes, words)
        self._apply()

    def change(self, text: MapText, words: str) -> None:
        """Takes any other text as one step."""
        self.edits.change(text, words)
        self._apply()

    def remove(self, name: str) -> None:
        """Takes the entry of a name away."""
        self.edits.remove(name)
        self._apply()

    def undo(self) -> str | None:
        """Takes a step back; returns what it was."""
        words = self.edits.undoable
        if self.edits.undo():
            self._apply()
        return words

    def redo(self) -> str | None:
        """Does a step again; returns what it was."""
        words = self.edits.redoable
        if self.edits.redo():
            self._apply()
        return words

    def _apply(self) -> None:
        """Has the session go by what is on the desk: by what it was opened with where nothing was edited."""
        if self.edits.undoable is None and not self.edits.text.text and self._given[1] is not None:
            self.session.use_map(*self._given)
        else:
            self.session.use_map(self.edits.hostname_map())
        self._changed()


def _path_of(session: Session) -> str:
    """The file that the session's map is from, or where one would be looked for."""
    error = session.map_error
    if isinstance(error, PathError):
        return os.fsdecode(error.path)
    if isinstance(error, HostnameMapError):
        return error.source
    if session.is_recording and not session.map_is_named:
        return os.path.abspath("hostname_map")
    if session.hostmap.wanted:
        return session.hostmap.source
    if isinstance(error, NoHostnameMapError):
        return error.places[-1]
    named = os.environ.get(MAP_VARIABLE)
    return named or os.path.join(os.fsdecode(session.source.mount_point), MAP_FILE_NAME)
