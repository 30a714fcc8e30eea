"""The host map while it is mended: its file as it was read, its edits, and what they do to the session at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from functools import partial
from typing import NamedTuple

from disco.dfs.gluster.errors import GlusterError, HostnameMapError, NoHostnameMapError, PathError
from disco.dfs.gluster.hostmap import MAP_FILE_NAME, MAP_VARIABLE, HostnameMap
from disco.dfs.gluster.map_edits import MapEdits
from disco.dfs.gluster.map_merging import Conflict, merge
from disco.dfs.gluster.map_saving import MapFile, read_map_file, save_map
from disco.dfs.gluster.map_text import MapText
from disco.dfs.gluster.workers import DaemonExecutor

from .crash import outcome
from .session import Session

__all__ = ["MapDesk"]


class _Reading(NamedTuple):
    """What a text says, to those who leave lines out that cannot be used, and to those who refuse it for them."""

    text: MapText
    hostmap: HostnameMap
    refusal: HostnameMapError | None


class MapDesk:
    """On the screen's thread only. ``changed``: called after whatever changes the map that the session goes by.

    ``path``: the file that the map came from, and goes to. ``file``: what it held when it was read or saved last, None
    until that is known. ``on_disk``: what it holds by now, where that is something else. ``fault``: why it cannot be
    read. ``saving``: a save is under way.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self.session = session
        self.is_recorded = session.is_recording and not session.map_is_named
        self.path = _path_of(session, self.is_recorded)
        self.file: MapFile | None = None
        self.on_disk: MapFile | None = None
        self.fault: GlusterError | None = None
        self.saving = False
        self._changed = changed
        self._looking = False
        self._given = session.hostmap, session.map_error
        self._read: _Reading | None = None
        self._own = DaemonExecutor(2, "map")
        text = session.hostmap.text
        if self.is_recorded:  # no file is its own; one that is where it is proposed to be saved is somebody else's
            self.file = MapFile(os.fsencode(self.path), None)
            text = _recorded_text(session)
        self._begin(MapText.parse(text) if text else None)

    def _begin(self, read: MapText | None) -> None:
        source = self.session.hostmap.source if self.session.hostmap.wanted else self.path
        self.edits = MapEdits(read, source)
        self._unused = None if self._given[0].wanted else self.edits.text  # what the session did not go by at first

    @property
    def dirty(self) -> bool:
        """There are edits that are in no file."""
        return self.edits.dirty

    @property
    def difference(self) -> str:
        """How what is on the desk differs from the file, in words."""
        before, now = (self.edits.read or MapText()).nodes(), self.edits.text.nodes()
        names = sum(before.get(name) != now.get(name) for name in {**before, **now})
        if not names:
            return "lines differ from the file"
        return "1 entry differs from the file" if names == 1 else f"{names:,} entries differ from the file"

    @property
    def hostmap(self) -> HostnameMap:
        """What the map on the desk says; the session goes by it from the first edit on, where it did not before. Where
        nothing is on the desk, and no map was looked for in vain, that by which the session goes.
        """
        if not self.edits.text.lines and self.missing is None:
            return self.session.hostmap
        return self._reading.hostmap

    @property
    def missing(self) -> GlusterError | None:
        """Why there is no map, until one is begun here."""
        return self._given[1] if not self.edits.text.lines else None

    @property
    def refusal(self) -> HostnameMapError | None:
        """Why jobs, and whoever else reads it strictly, would refuse the map on the desk; None where they would not."""
        return self._reading.refusal

    @property
    def _reading(self) -> _Reading:
        """What the text says, read once: it is asked for at every step, and takes long where there are many lines."""
        edits = self.edits
        if self._read is None or self._read.text is not edits.text or self._read.hostmap.source != edits.source:
            refusal = None
            try:
                HostnameMap.from_text(edits.text.text, self.path)
            except HostnameMapError as error:
                refusal = error
            self._read = _Reading(edits.text, edits.hostname_map(), refusal)
        return self._read

    # What is asked of files: never on the screen's thread.

    @property
    def _executor(self) -> Executor:
        """A recording's reader is let go when all is read."""
        return self.session.executor if self.session.executor and not self.session.is_recording else self._own

    def read(self, path: str) -> Future[MapFile]:
        """Reads any file."""
        return self._executor.submit(read_map_file, path)

    def look(self, tell: Callable[[MapFile | GlusterError], object]) -> None:
        """Reads the map's file, unless that is under way; ``tell`` hears of it on another thread."""
        if self._looking or self.is_recorded:
            return
        self._looking = True

        def told(future: Future[MapFile]) -> None:
            self._looking = False
            if not future.cancelled():
                found = outcome(future)
                tell(found)

        self.read(self.path).add_done_callback(told)

    def save(self, path: str, shown: bytes | None, *, backup: bool) -> Future[MapFile]:
        """Writes what is on the desk to a file. ``shown``: what the user knows it to hold, None where there is none:
        over anything else it is not written.
        """
        self.saving = True
        return self._executor.submit(partial(save_map, self.edits.text.text, path, shown, backup=backup))

    # What came of it.

    def take_read(self, told: MapFile | GlusterError) -> bool:
        """Takes up what the file holds: the first time to begin with it, later to see whether it has changed. Returns
        whether that is news.
        """
        if isinstance(told, GlusterError):
            news, self.fault = str(told) != str(self.fault or ""), told
            return news
        if os.fsdecode(told.path) != self.path:  # it was asked for before the map was saved elsewhere
            return False
        news, self.fault = self.fault is not None, None
        if self.file is None:
            self._take_first(told)
            return True
        news = news or told.content != (self.on_disk or self.file).content or told.others != self.file.others
        self.on_disk = told if told.content != self.file.content else None
        return news

    def _take_first(self, file: MapFile) -> None:
        known = self.edits.read.text if self.edits.read is not None else None
        self.file = file
        if file.content in (known, known or b""):
            return
        if self._unused is not None and not self.edits.dirty:  # it could not be used, or was not asked for
            self._begin(MapText.parse(file.content) if file.content is not None else None)
        else:
            self.file, self.on_disk = MapFile(file.path, known, file.others), file

    def take_disk(self) -> tuple[Conflict, ...]:
        """Goes on with the file as it is now, and the edits made here on top; returns where both changed a name, and
        the file's node stands.
        """
        if self.on_disk is None or self.on_disk.content is None:
            return ()
        theirs = MapText.parse(self.on_disk.content)
        merged = merge(self.edits.read or MapText(), self.edits.text, theirs)
        self._go_on_with(theirs, merged.text)
        return merged.conflicts

    def drop_edits(self) -> None:
        """Goes on with the file as it is now, without the edits."""
        file = self.on_disk or self.file
        theirs = MapText.parse((file.content if file is not None else None) or b"")
        self._go_on_with(theirs, theirs)

    def _go_on_with(self, theirs: MapText, now: MapText) -> None:
        self.file, self.on_disk = self.on_disk or self.file, None
        self.edits.reread(theirs, now)
        self._unused = None
        self._apply()

    def found(self, content: bytes | None) -> None:
        """Takes up what a save found in the map's file that was not there before."""
        others = self.file.others if self.file is not None else ""
        self.on_disk = MapFile(os.fsencode(self.path), content, others)

    def saved(self, file: MapFile) -> None:
        """What was on the desk is in a file now, which is the map's from here on."""
        self.saving, self.is_recorded = False, False
        self.file, self.on_disk, self.path = file, None, os.fsdecode(file.path)
        self.edits.source, self._unused = self.path, None
        self.edits.saved(MapText.parse(file.content or b""))
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
        """Has the session go by what is on the desk, but for what it did not go by from the beginning."""
        if self._unused is not None and self.edits.text == self._unused:
            self.session.use_map(*self._given)
        else:
            self.session.use_map(self._reading.hostmap, refusal=self.refusal)
        self._changed()


def _path_of(session: Session, is_recorded: bool) -> str:
    """The file that the session's map is from, or where one would be looked for."""
    error = session.map_error
    if is_recorded:
        return os.path.abspath("hostname_map")
    if isinstance(error, PathError):
        return os.fsdecode(error.path)
    if isinstance(error, HostnameMapError):
        return error.source
    if session.hostmap.wanted:
        return session.hostmap.source
    if isinstance(error, NoHostnameMapError):
        return error.places[-1]
    named = os.environ.get(MAP_VARIABLE)
    return named or os.path.join(os.fsdecode(session.source.mount_point), MAP_FILE_NAME)


def _recorded_text(session: Session) -> bytes:
    """The map that came with a recording, whether it can be used or not."""
    try:
        return session.source.hostname_map(lenient=True).result().text  # a recording's is there at once
    except GlusterError:
        return b""
