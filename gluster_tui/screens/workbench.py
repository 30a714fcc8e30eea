"""The host-map workbench: every volume with its node and what gave it, what is wrong, why, and the mending of it."""

from __future__ import annotations

import os
from collections.abc import Callable
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

from disco.dfs.gluster.errors import GlusterError, HostnameMapError
from disco.dfs.gluster.findings import Finding
from disco.dfs.gluster.map_grammar import Line, line_fault
from disco.dfs.gluster.map_text import written_fault
from disco.dfs.gluster.picture import SelectionPicture
from disco.dfs.gluster.suggestions import entry_name
from disco.dfs.gluster.volume_tally import VolumeTally

from ..commands import WORKBENCH_COMMANDS, bindings
from ..display import NodeColours, counted, shown
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


@dataclass
class _Analysed(Message):
    analysis: MapAnalysis | GlusterError


@dataclass
class _Counted(Message):
    tally: VolumeTally


class WorkbenchScreen(Screen[int | None]):
    """Gives the index of a volume whose files are wanted, else None. ``tell``: posts a message to the explorer, which
    is there when this screen is not any more; ``volume``: the index of the volume to begin with.
    """

    OWN_COMMANDS = WORKBENCH_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(WORKBENCH_COMMANDS)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]

    def __init__(
        self, desk: MapDesk, colours: NodeColours, tell: Callable[[Message], object], volume: int | None = None
    ) -> None:
        super().__init__()
        self.desk = desk
        self.session: Session = desk.session
        self.colours = colours
        self.analysis: MapAnalysis | None = None
        self._tell = tell
        self._volume = volume
        self._is_whole = True
        self._analyser = Analyser(
            desk,
            lambda analysis: self.post_message(_Analysed(analysis)),
            lambda tally: self.post_message(_Counted(tally)),
        )
        self._dialog: SaveMapScreen | None = None

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
        """To be called when the map on the desk, or its file, says something else."""
        self._analyser.look()
        if self.is_mounted:
            self._show_notice()
            self.query_one(TitleBar).refresh()
        if self._dialog is not None and self._dialog.is_mounted and not self.desk.saving:
            self._dialog.look()

    def selection_changed(self, picture: SelectionPicture, *, whole: bool) -> None:
        """To be called when the selection is another one, or more of it is known."""
        self._is_whole = whole
        self._analyser.count(picture, whole=whole)

    def on__counted(self, message: _Counted) -> None:
        self._analyser.take_count(message.tally)

    def on__analysed(self, message: _Analysed) -> None:
        if isinstance(message.analysis, GlusterError):
            self.table.empty_words = f"x {message.analysis}"
            return
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
        self.refresh_bindings()

    # What is shown.

    @property
    def _finding(self) -> Finding | None:
        """The finding under the cursor, where the findings have the keys."""
        return self.findings.at_cursor if self.is_mounted and self.focused is self.findings else None

    @property
    def _row(self) -> VolumeRow | None:
        """The volume that keys are about: that of the finding, where the findings have the keys."""
        if not self.is_mounted or self.analysis is None:
            return None
        if self.focused is self.findings:
            finding = self.findings.at_cursor
            return self.analysis.rows[finding.volumes[0]] if finding is not None and finding.volumes else None
        return self.table.at_cursor

    def _show_why(self) -> None:
        self.why.show(self._row, self._finding)

    def _show_notice(self) -> None:
        self.query_one("#desk-notice", Static).update(Text(self._notice_words(), no_wrap=True))

    def _notice_words(self) -> str:
        desk, where = self.desk, shown(self.desk.path)
        if desk.saving:
            return f"saving {where} ..."
        if desk.fault is not None:
            return f"x {shown(str(desk.fault))}"
        if desk.on_disk is not None and desk.on_disk.content is None:
            return f"! {where} is gone from the disk: w writes it again"
        if desk.on_disk is not None:
            return f"! {where} has changed on disk: l goes on with it, your edits on top"
        refused = f"; jobs refuse line {desk.refusal.line}" if desk.refusal is not None else ""
        if desk.dirty:
            return f"! not saved: {desk.difference}{refused}. w shows what changes, and saves"
        if self.analysis is None or desk.file is None:
            return "looking ..."
        if not desk.edits.text.lines:
            return "there is no host map yet: T takes a proposal for every volume, e edits one"
        where = "the map of the recording" if desk.is_recorded else where
        if not self.session.hostmap.wanted:
            return f"! {where} is not in use as it is: hosts stand in until it is mended, or edited"
        if desk.is_recorded:
            return f"{where}{refused}"
        return f"! {where} is saved{refused}" if refused else f"{where}, as it is on disk"

    def on_volume_table_arranged(self) -> None:
        self.query_one(VolumeHeads).refresh()
        told = [] if self.table.sorted_words is None else [f"by {self.table.sorted_words}"]
        told += [] if self._is_whole else ["so far"]
        if not self.session.hostmap.wanted and self.desk.edits.text.lines:
            told.append("as the map would have it")
        self.query_one("#volumes-box").border_subtitle = ", ".join(told)

    def on_rows_moved(self, event: Rows.Moved) -> None:
        if event.rows is not self.why:
            self._show_why()
            self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        self._show_why()

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        if event.rows is self.table or (event.rows is self.findings and self._line_of_finding is not None):
            self.action_edit()
        elif event.rows is self.findings and (row := self._row) is not None:
            self.table.go_to(row.volume.index)
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
            "take_disk": self.desk.on_disk is not None and self.desk.on_disk.content is not None,
            "edit": row is not None or self._line_of_finding is not None,
            "files": row is not None,
        }
        return True if applies.get(action, True) else None

    # Commands.

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
            name, node = entry_name(row.volume), ""
        question = EditScreen("Node", f"The entry of {name}:", node, partial(written_fault, name), notes)
        self.app.push_screen(question, lambda node: self._set({name: node}, f"{name} -> {node}") if node else None)

    @property
    def _line_of_finding(self) -> Line | None:
        """The line of the file that the finding under the cursor is about; none while findings are of an earlier text:
        lines may have moved since.
        """
        finding, text = self._finding, self.desk.edits.text
        if finding is None or finding.line is None or self.analysis is None:
            return None
        return text.lines[finding.line - 1] if self.analysis.hostmap.text == text.text else None

    def _edit_line(self, line: Line) -> None:
        decoded = os.fsdecode(line.raw.rstrip(b"\r\n")).expandtabs(8)
        before = "".join(c if c.isprintable() else " " for c in decoded)  # what cannot be typed cannot be kept either
        notes = ["An empty line, or a # comment, will do too."]
        question = EditScreen("Line", f"Line {line.number}:", before, line_fault, notes)

        def take(words: str | None) -> None:
            if words is not None and words != before:
                self._set_line(line, words)

        self.app.push_screen(question, take)

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
        self._dialog = SaveMapScreen(self.desk, self._tell)
        self.app.push_screen(self._dialog, lambda _: self._dialog_left())

    def _dialog_left(self) -> None:
        self._dialog = None
        self._show_notice()

    def refused(self, error: GlusterError) -> bool:
        """Tells the dialog that the save has failed; returns whether it is still there."""
        self._show_notice()
        if self._dialog is None:
            return False
        self._dialog.refused(error)
        return True

    def close_dialog(self) -> None:
        """The map is saved."""
        if self._dialog is not None:
            self._dialog.close()

    def action_take_disk(self) -> None:
        """Goes on with the file as it is on disk."""
        conflicts = self.desk.take_disk()
        if conflicts:
            told = "; ".join(conflict.words for conflict in conflicts)
            self.notify(f"the file's stand: {told}", title="Both changed", severity="warning", markup=False)

    def action_sort(self) -> None:
        """Sorts by the next column."""
        self.table.sort_by_next()

    def action_reverse(self) -> None:
        """Sorts the other way round."""
        self.table.reverse_order()

    def action_files(self) -> None:
        """Goes back to the explorer, to a file on the volume under the cursor."""
        if self._row is not None:
            self.dismiss(self._row.volume.index)

    def action_copy(self) -> None:
        copied = self._row.volume.name if self._row is not None else ""
        copied = self._finding.words if self._finding is not None else copied
        if taken := self.why.copied if self.focused is self.why else os.fsencode(copied):
            self.post_message(CopyWanted(taken))

    def action_back(self) -> None:
        """Goes back to the explorer; the edits stay."""
        self.dismiss(None)
