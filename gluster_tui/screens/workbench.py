"""The host-map workbench: every volume with its node and what gave it, what is wrong, why, and the mending of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from disco.dfs.gluster.errors import HostnameMapError
from disco.dfs.gluster.map_grammar import Line, line_fault
from disco.dfs.gluster.map_saving import MapFile, use_line
from disco.dfs.gluster.map_text import written_fault
from disco.dfs.gluster.picture import SelectionPicture
from disco.dfs.gluster.volume_tally import VolumeTally

from ..commands import WORKBENCH_COMMANDS, bindings
from ..display import NodeColours, by_words, counted, shown
from ..map_analysis import Analyser, MapAnalysis, VolumeRow
from ..map_desk import MapDesk
from ..messages import CopyWanted
from ..session import Session
from ..widgets.bars import TitleBar
from ..widgets.finding_list import FindingList, counts_words
from ..widgets.keys import Keys
from ..widgets.rows import Rows
from ..widgets.volume_table import VolumeHeads, VolumeTable
from ..widgets.why_panel import WhyPanel
from .edit import EditScreen
from .save_map import SaveMapScreen

__all__ = ["WorkbenchScreen"]

_TOAST = 52  # cells of a line in a notification


@dataclass
class _Analysed(Message):
    analysis: MapAnalysis


@dataclass
class _Counted(Message):
    tally: VolumeTally


class WorkbenchScreen(Screen[int | None]):
    """Gives the index of a volume whose files are wanted, else None. ``picture``: the present selection; ``volume``:
    the index of the volume to begin with.
    """

    OWN_COMMANDS = WORKBENCH_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(WORKBENCH_COMMANDS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(
        self, desk: MapDesk, colours: NodeColours, picture: SelectionPicture | None, volume: int | None = None
    ) -> None:
        super().__init__()
        self.desk = desk
        self.session: Session = desk.session
        self.colours = colours
        self.analysis: MapAnalysis | None = None
        self._picture = picture
        self._volume = volume
        self._analyser = Analyser(
            desk,
            lambda analysis: self.post_message(_Analysed(analysis)),
            lambda tally: self.post_message(_Counted(tally)),
        )

    def compose(self) -> ComposeResult:
        yield TitleBar(self.session)
        table = VolumeTable(self.colours, id="volumes")
        with Vertical(id="volumes-box"):
            yield VolumeHeads(table)
            yield table
        with Horizontal(id="below"):
            yield FindingList(id="findings")
            yield WhyPanel(self.colours, id="why")
        yield Static(id="desk-notice")
        yield Keys()

    def on_mount(self) -> None:
        self.query_one("#volumes-box").border_title = "Volumes"
        self.findings.border_title = "Findings"
        self.why.border_title = "Why"
        self.table.empty_words = "Looking at the volumes ..."
        self.findings.empty_words = "Looking for what is wrong ..."
        self.why.empty_words = "No volume is under the cursor."
        self.table.focus()
        self.map_changed()
        if self._picture is not None:
            self._analyser.count(self._picture)

    def on_unmount(self) -> None:
        self._analyser.close()

    @property
    def table(self) -> VolumeTable:
        return self.query_one(VolumeTable)

    @property
    def findings(self) -> FindingList:
        return self.query_one(FindingList)

    @property
    def why(self) -> WhyPanel:
        return self.query_one(WhyPanel)

    def map_changed(self) -> None:
        """To be called when the map on the desk says something else."""
        self._analyser.look()
        self._show_notice()

    def selection_changed(self, picture: SelectionPicture) -> None:
        """To be called when the selection is another one, or whole."""
        self._analyser.count(picture)

    def on__counted(self, message: _Counted) -> None:
        self._analyser.tally = message.tally
        self._analyser.look()

    def on__analysed(self, message: _Analysed) -> None:
        self.analysis = message.analysis
        self.colours.know([row.trace.assignment.node for row in message.analysis.rows])
        self.table.show(message.analysis.rows)
        if self._volume is not None:
            self.table.go_to(self._volume)
            self._volume = None
        self.findings.empty_words = "clean: no findings"
        self.findings.show(message.analysis.findings)
        self.findings.border_subtitle = counts_words(message.analysis.findings)
        self._show_why()
        self._show_notice()
        self.query_one(TitleBar).refresh()
        self.refresh_bindings()

    # What is shown.

    def _show_why(self) -> None:
        finding = self.findings.at_cursor if self.focused is self.findings else None
        row = self.table.at_cursor
        if finding is not None and self.analysis is not None:
            row = self.analysis.rows[finding.volumes[0]] if finding.volumes else None
        self.why.show(row, finding)

    def _show_notice(self) -> None:
        self.query_one("#desk-notice", Static).update(Text(self._notice_words(), no_wrap=True))

    def _notice_words(self) -> str:
        desk = self.desk
        if desk.on_disk is not None:
            return f"! {shown(desk.path)} has changed on disk: l goes on with it, your edits on top"
        if desk.dirty:
            return f"! not saved yet: {desk.edits.undoable or 'the map on the desk'}. w shows what changes, and saves"
        if self.analysis is None or desk.file is None:
            return "looking ..."
        if desk.file.content is None and not self.session.hostmap.wanted:
            return "there is no host map yet: T takes a proposal for every volume, e edits one"
        if not self.session.hostmap.wanted:
            return f"! {shown(desk.path)} is not in use as it is: hosts stand in until it is mended, or edited"
        return f"{shown(desk.path)}, as it is on disk" if desk.file.content is not None else "the map of the recording"

    def on_volume_table_arranged(self) -> None:
        self.query_one(VolumeHeads).refresh()

    def on_rows_moved(self, event: Rows.Moved) -> None:
        if event.rows is not self.why:
            self._show_why()
            self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        self._show_why()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        if event.rows is self.table:
            self.action_edit()
        elif event.rows is self.findings and (finding := self.findings.at_cursor) and finding.volumes:
            self.table.go_to(finding.volumes[0])
            self.table.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Greys out what does not apply now."""
        row = self._row
        applies = {
            "take": row is not None and row.suggestion is not None,
            "take_all": self.analysis is not None and any(row.suggestion for row in self.analysis.rows),
            "remove": self._line_of_finding is not None or (row is not None and row.trace.assignment.entry is not None),
            "undo": self.desk.edits.undoable is not None,
            "redo": self.desk.edits.redoable is not None,
            "save": bool(self.desk.edits.text.lines) or self.desk.dirty,
            "take_disk": self.desk.on_disk is not None,
        }
        return True if applies.get(action, True) else None

    # Commands.

    @property
    def _row(self) -> VolumeRow | None:
        return self.table.at_cursor if self.is_mounted else None

    def action_edit(self) -> None:
        """Asks for the node of the volume under the cursor, or for the line that a finding is about."""
        if (line := self._line_of_finding) is not None:
            self._edit_line(line)
        elif (row := self._row) is not None and self.analysis is not None:
            self._edit_node(row, self.analysis)

    def _edit_node(self, row: VolumeRow, analysis: MapAnalysis) -> None:
        entry, suggestion, notes = row.trace.assignment.entry, row.suggestion, []
        if entry is not None:
            name, node = entry.name, entry.node
            names = sum(other.trace.assignment.entry == entry for other in analysis.rows)
            notes += [f"It names {names} volumes, and changes for all of them."] if names > 1 else []
        elif suggestion is not None:
            name, node = suggestion.name, suggestion.node
            notes.append(f"Suggested: {suggestion.reason}")
        else:
            name, node = row.volume.name, ""
        question = EditScreen("Node", f"The entry of {name}:", node, partial(written_fault, name), notes)
        self.app.push_screen(question, lambda node: self._set({name: node}, f"{name} -> {node}") if node else None)

    @property
    def _line_of_finding(self) -> Line | None:
        """The line of the file that the finding under the cursor is about."""
        finding = self.findings.at_cursor if self.is_mounted and self.focused is self.findings else None
        lines = self.desk.edits.text.lines
        if finding is None or finding.line is None or not 0 < finding.line <= len(lines):
            return None
        return lines[finding.line - 1]

    def _edit_line(self, line: Line) -> None:
        before = os.fsdecode(line.raw.rstrip(b"\r\n"))
        question = EditScreen(
            "Line", f"Line {line.number}:", before, line_fault, ["An empty line, or a # comment, too."]
        )
        self.app.push_screen(question, lambda words: self._set_line(line, words) if words is not None else None)

    def _set_line(self, line: Line, words: str) -> None:
        self.desk.change(self.desk.edits.text.with_line(line.number, words), f"line {line.number}: {words}")

    def _set(self, nodes: dict[str, str], words: str) -> None:
        try:
            self.desk.set_nodes(nodes, words)
        except HostnameMapError as error:
            self.notify(shown(str(error)), severity="error", markup=False)

    def action_take(self) -> None:
        """Takes the suggestion for the volume under the cursor."""
        if self._row is not None and (taken := self._row.suggestion) is not None:
            self._set({taken.name: taken.node}, f"{taken.name} -> {taken.node}")

    def action_take_all(self) -> None:
        """Takes all suggestions, as one step."""
        if self.analysis is not None:
            taken = [row.suggestion for row in self.analysis.rows if row.suggestion is not None]
            nodes = {suggestion.name: suggestion.node for suggestion in taken}
            self._set(nodes, counted(len(nodes), "suggestion taken", "suggestions taken"))

    def action_remove(self) -> None:
        """Takes away the entry of the volume under the cursor, or the line that a finding is about."""
        if (line := self._line_of_finding) is not None:
            self.desk.change(self.desk.edits.text.without_line(line.number), f"line {line.number} removed")
        elif self._row is not None and (entry := self._row.trace.assignment.entry) is not None:
            self.desk.remove(entry.name)

    def action_undo(self) -> None:
        """Takes the last step back."""
        if words := self.desk.undo():
            self.notify(shown(words), title="Taken back", markup=False, timeout=3)

    def action_redo(self) -> None:
        """Does again what was taken back."""
        if words := self.desk.redo():
            self.notify(shown(words), title="Done again", markup=False, timeout=3)

    def action_save(self) -> None:
        """Shows what would change, and saves it."""
        before = self.desk.path
        self.app.push_screen(SaveMapScreen(self.desk), lambda file: self._saved(file, before) if file else None)

    def _saved(self, file: MapFile, before: str) -> None:
        words = shown(file.path)
        if self.desk.path != before:
            words = f"{words}, which jobs use by {shown(use_line(file.path))}"
        # Textual cuts what has no space to break it at.
        self.notify("\n".join(by_words(words, _TOAST)), title="Saved", markup=False)
        self.map_changed()

    def action_take_disk(self) -> None:
        """Goes on with the file as it is on disk."""
        conflicts = self.desk.take_disk()
        if conflicts:
            told = "; ".join(conflict.words for conflict in conflicts)
            self.notify(f"the file's stand: {told}", title="Both changed", severity="warning", markup=False)

    def action_sort(self) -> None:
        """Sorts by the next column."""
        self.query_one("#volumes-box").border_subtitle = f"by {self.table.sort_by_next()}"

    def action_reverse(self) -> None:
        """Sorts the other way round."""
        self.table.reverse_order()

    def action_files(self) -> None:
        """Goes back to the explorer, to a file on the volume under the cursor."""
        if self._row is not None:
            self.dismiss(self._row.volume.index)

    def action_copy(self) -> None:
        copied: bytes | str | None = None
        if self.focused is self.why:
            copied = self.why.copied
        elif self.focused is self.findings and self.findings.at_cursor is not None:
            copied = self.findings.at_cursor.words
        elif self._row is not None:
            copied = self._row.volume.name
        if copied:
            self.post_message(
                CopyWanted(copied if isinstance(copied, bytes) else copied.encode("utf-8", "surrogateescape"))
            )

    def action_back(self) -> None:
        """Goes back to the explorer; the edits stay."""
        self.dismiss(None)
