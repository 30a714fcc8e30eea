"""The main screen: the tree, the filter, the files it keeps, and where each of them lies."""

from __future__ import annotations

import asyncio
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.theme import Theme

from disco.dfs.gluster.catalog import CatalogDirectory
from disco.dfs.gluster.cluster import Volume
from disco.dfs.gluster.errors import shown
from disco.dfs.gluster.filters import Filter, Substring
from disco.dfs.gluster.picture import SelectionPicture
from disco.dfs.gluster.units import PENDING, UNSIZED

from ..commands import EXPLORER_COMMANDS, bindings
from ..crash import UnexpectedError
from ..display import NodeColours
from ..helper_process import HelperEndedError
from ..loader import Loader
from ..messages import CopyWanted, Loaded, MountsWanted, ReopenWanted
from ..pacing import ScreenFirst
from ..quiet import QuietCollector
from ..session import Session
from ..updates import Update
from ..widgets.bars import FilterBar, NoticeBar, TitleBar, Typed
from ..widgets.dataset_tree import DatasetTree
from ..widgets.file_list import FileList, empty_words
from ..widgets.keys import Keys
from ..widgets.replicas import Replicas
from ..widgets.rows import Rows
from .mapped import MappedScreen

if TYPE_CHECKING:
    from .export import ExportScreen

__all__ = ["ExplorerScreen"]


@dataclass
class _FoundOn(Message):
    """The next row whose file lies on a volume; None where there is none."""

    picture: SelectionPicture
    volume: int
    row: int | None


class ExplorerScreen(MappedScreen):
    """Browses one dataset."""

    OWN_COMMANDS = EXPLORER_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(EXPLORER_COMMANDS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(
        self, session: Session, colours: NodeColours, typed: Typed, at: tuple[bytes, bytes] | None = None
    ) -> None:
        """To begin with, ``typed`` is the filter, and the cursor goes to ``at``: a directory, and a file in it."""
        super().__init__(session, colours)
        self._typed, self._at = typed, at
        if at is None and session.start.name is not None:
            self._at = session.start.directory, session.start.name
        loop = asyncio.get_running_loop()
        screen_first, self._collector = ScreenFirst(loop), QuietCollector(loop)
        self.loader = Loader(session.source, session.start, lambda update: self._from_loader(update), screen_first)
        self.keep: Filter = Substring(b"")
        self.ticket = 0
        self._export: ExportScreen | None = None
        self._volumes: tuple[Volume, ...] = ()

    def compose(self) -> ComposeResult:
        root = os.path.basename(self.session.start.directory) or self.session.source.mount_point
        yield TitleBar(self.session)
        yield FilterBar(id="filter-bar")
        with Horizontal(id="panels"):
            yield DatasetTree(self.loader.catalog, root, id="tree")
            with Vertical(id="right"):
                yield FileList(self.session, self.colours, id="files")
                yield Replicas(self.session, self.colours, id="replicas")
        yield NoticeBar(self.session)
        yield Keys()

    def on_mount(self) -> None:
        self.tree_panel.border_title = "Dataset"
        self.files.border_title = "Files"
        self.replicas.border_title = "Replicas"
        self.files.empty_words = "Listing ..."
        if self._at is not None:
            self.files.go_to_file(*self._at)
        self.replicas.empty_words = "No file is under the cursor."
        self.files.focus()
        self.query_one(FilterBar).typed = self._typed
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)
        self.watch_map()
        self.call_after_refresh(self.loader.begin)  # both at once take longer than one after the other

    def on_unmount(self) -> None:
        self.app.theme_changed_signal.unsubscribe(self)
        self._collector.close()
        self.loader.close(let_go=self.app.return_code is None)  # else the program ends
        self.session.close()

    def _theme_changed(self, theme: Theme) -> None:
        self.colours.dark = theme.dark
        self.files.forget_rows()
        self.tree_panel.forget_rows()
        self.replicas.lines_changed()

    @property
    def tree_panel(self) -> DatasetTree:
        return self.query_one(DatasetTree)

    @property
    def files(self) -> FileList:
        return self.query_one(FileList)

    @property
    def replicas(self) -> Replicas:
        return self.query_one(Replicas)

    def _from_loader(self, update: Update) -> None:
        """On the loader's thread."""
        self._collector.catalog_grew(update.progress.files)
        self.post_message(Loaded(update))

    def on_loaded(self, message: Loaded) -> None:
        update = message.update
        if update.ticket < self.ticket and not isinstance(update.error, UnexpectedError):
            return  # of a selection that the user has left since; but after such an error, nothing else will come
        self.show_in_workbench(update)
        earlier, self.latest = self.latest, update
        if earlier is None or (earlier.complete, earlier.stopped) != (update.complete, update.stopped):
            self.refresh_bindings()
        if update.progress.complete and self.session.is_recording:
            self.session.let_reader_go()
        self._show_hosts()
        if self._export is not None:
            self._export.show(update)
        self.files.empty_words = empty_words(update, self._path_of(update.picture.scope.path))
        self.files.show(update.picture, complete=update.complete)
        self.files.border_subtitle = self._position()
        self.tree_panel.catalog_changed()
        self.query_one(FilterBar).show(update)
        self.query_one(NoticeBar).show(update)
        self._show_file()
        self._look_at_rows()
        if update.complete:
            self._collector.stir()

    def _show_hosts(self) -> None:
        """Takes up the names that files have taught of their hosts: they decide which nodes there are."""
        volumes = self.session.source.cluster.volumes
        if volumes is not self._volumes:
            self._volumes = volumes
            self.colours.know(self.session.nodes)
            self.files.forget_rows()
            self.query_one(TitleBar).refresh()

    def _path_of(self, directory: bytes) -> bytes:
        return os.path.join(self.session.source.mount_point, directory).rstrip(b"/") or b"/"

    def _position(self) -> str:
        count = self.files.row_count
        return f"{self.files.cursor + 1:,} of {count:,}" if count else ""

    def _show_file(self) -> None:
        if self.files.picture is not None:
            self.replicas.show(self.files.picture, self.files.row_at_cursor())

    def _look_at_rows(self) -> None:
        """Asks for the rows on the screen first."""
        picture = self.files.picture
        if picture is None:
            return
        wanted: dict[CatalogDirectory, list[int]] = {}
        for number in self.files.rows_on_screen():
            row = picture.row(number)
            if row.directory.places[row.index] == PENDING or row.directory.sizes[row.index] == UNSIZED:
                wanted.setdefault(row.directory, []).append(row.index)
        if wanted:
            self.loader.look_at(list(wanted.items()))

    def on_rows_moved(self, event: Rows.Moved) -> None:
        if event.rows is self.files:
            self.files.border_subtitle = self._position()
            self._show_file()
            self._look_at_rows()
            self._collector.stir()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        if event.rows is self.files:
            self.replicas.focus()

    def on_dataset_tree_selected(self, event: DatasetTree.Selected) -> None:
        self.ticket = self.loader.select(event.path, self.keep)

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        self.keep = event.keep
        self.ticket = self.loader.select(self.tree_panel.selected, self.keep)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Greys out what does not apply now."""
        if action == "filter":
            return None if self._typing() else True  # there the key is a letter as any other
        if action == "leave_filter":
            return True if self._typing() else None
        if action == "stop":
            return True if self._can_stop() or self._typing() else None
        if action == "go_on":
            return True if self.latest is not None and self.latest.stopped else None
        return True

    def _can_stop(self) -> bool:
        return self.latest is not None and not self.latest.complete and not self.latest.stopped

    def _typing(self) -> bool:
        return self.focused is self.query_one(FilterBar).input

    def action_filter(self) -> None:
        self.set_focus(self.query_one(FilterBar).input)

    def action_leave_filter(self) -> None:
        """Goes to the files."""
        self.set_focus(self.files)

    def action_toggle_regex(self) -> None:
        bar = self.query_one(FilterBar)
        bar.regex = not bar.regex
        if bar.regex:
            self.loader.expect_expression()

    def action_clear_filter(self) -> None:
        self.query_one(FilterBar).input.value = ""

    def action_stop(self) -> None:
        """Leaves the filter line where it is typed into; else stops the walk."""
        if self._can_stop():
            self.loader.stop()
        if self._typing():
            self.set_focus(self.files)

    def action_go_on(self) -> None:
        self.loader.go_on()

    def action_copy(self) -> None:
        copied = self.replicas.copied if self.focused is self.replicas else self._path_at_cursor()
        if not copied:
            self.notify("There is nothing to copy on this line.", severity="warning")
            return
        self.post_message(CopyWanted(copied))

    def _path_at_cursor(self) -> bytes | None:
        if self.focused is self.tree_panel:
            return self._path_of(self.tree_panel.selected)
        row = self.files.row_at_cursor()
        return os.path.join(self._path_of(row.directory.path), row.name) if row is not None else None

    def action_refresh(self) -> None:
        if self.session.is_recording or self._has_ended:
            self.action_refresh_all()
        else:
            self.ticket = self.loader.refresh(self.tree_panel.selected)

    def action_refresh_all(self) -> None:
        self.post_message(ReopenWanted())

    @property
    def _has_ended(self) -> bool:
        """Whether nothing will be read any more."""
        return self.latest is not None and isinstance(self.latest.error, (HelperEndedError, UnexpectedError))

    def action_mounts(self) -> None:
        self.post_message(MountsWanted())

    def nodes_changed(self) -> None:
        self.files.forget_rows()
        self._show_file()
        self.query_one(TitleBar).refresh()

    @property
    def volume_at_cursor(self) -> int | None:
        return self.replicas.volume if self.focused is self.replicas else None

    def go_to_volume(self, volume: int) -> None:
        """Has the next file looked for that lies on a volume: there may be millions."""
        picture, cursor = self.files.picture, self.files.cursor
        if picture is not None:

            def look() -> None:
                self.post_message(_FoundOn(picture, volume, picture.next_on(volume, cursor)))

            threading.Thread(target=look, name="next-file", daemon=True).start()

    def on__found_on(self, message: _FoundOn) -> None:
        shown_now = self.files.picture
        if shown_now is None or (message.picture.keep, message.picture.scope) != (shown_now.keep, shown_now.scope):
            return  # another selection is shown by now
        if message.row is None:
            name = self.session.source.cluster.volumes[message.volume].name
            self.notify(f"No file shown lies on {shown(name)}.", severity="warning", markup=False)
            return
        number, is_there = shown_now.place_of(message.picture.row(message.row))
        if is_there:
            self.files.go(number)
        self.files.focus()

    def action_export(self) -> None:
        if self.latest is not None:
            from .export import ExportScreen  # it would hold up the first screen

            self._export = ExportScreen(self.session, self.loader, self.latest)
            self.app.push_screen(self._export, lambda _: setattr(self, "_export", None))
