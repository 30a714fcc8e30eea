"""The export dialog: which format, where to, what about files that are not as they should be, and what it will look
like.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Label, ProgressBar, RadioSet, Static

from disco.dfs.gluster.errors import GlusterError, UnmappedVolumesError
from disco.dfs.gluster.export import Rules
from disco.dfs.gluster.formats import FORMATS
from disco.dfs.gluster.workers import DaemonExecutor

from ..display import shown, size_text
from ..exporting import CancelledError, ExportRun, TargetCheck, check_target, make_format, preview
from ..loader import Loader
from ..pacing import ScreenFirst
from ..session import Session
from ..updates import Update
from ..widgets.bars import progress_words
from ..widgets.line import Line
from ..widgets.toggles import Option, Toggle
from .dialog import Dialog
from .question import QuestionScreen

__all__ = ["ExportScreen"]


@dataclass
class _Checked(Message):
    check: TargetCheck


@dataclass
class _Written(Message):
    files: int


@dataclass
class _Ended(Message):
    files: int
    error: GlusterError | None


class ExportScreen(Dialog[None]):
    """Writes the files that are shown as a list. It follows the walk, and waits for its end before it writes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def __init__(self, session: Session, loader: Loader, update: Update) -> None:
        super().__init__()
        self._session, self._loader, self._update = session, loader, update
        self._checks = DaemonExecutor(1, "target-check")
        self._check = self._agreed = TargetCheck("", "no file is named")
        self._run: ExportRun | None = None
        self._waiting_to_write = False
        folder = (
            os.path.basename(update.picture.scope.path) or os.path.basename(session.source.mount_point) or b"inputfs"
        )
        self._stem = "".join(c if c.isprintable() and c not in " /" else "_" for c in os.fsdecode(folder))

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide", id="export") as dialog:
            dialog.border_title = "Export"
            yield Label("", id="export-counts")
            with Horizontal(classes="line"):
                yield Label("Format", classes="name")
                with RadioSet(id="format", compact=True):
                    for name in FORMATS:
                        yield Option(name, value=name == "json", id=f"format-{name}", compact=True)
                yield Toggle("percent-encode", id="encode", compact=True)
            yield Label("", id="format-words", classes="help")
            with Horizontal(classes="line"):
                yield Label("To", classes="name")
                yield Line(f"{self._stem}.json", id="target")
            yield Label("", id="target-check", classes="help")
            with Horizontal(classes="line"):
                yield Label("Unmapped", classes="name")
                with RadioSet(id="unmapped", compact=True):
                    yield Option("by their host", value=True, compact=True)
                    yield Option("refuse", id="refuse-unmapped", compact=True)
                yield Label("", id="unmapped-count")
            with Horizontal(classes="line"):
                yield Label("Failed", classes="name")
                with RadioSet(id="failed", compact=True):
                    yield Option("refuse", value=True, compact=True)
                    yield Option("leave out", id="skip-failed", compact=True)
                yield Label("", id="failed-count")
            with Vertical(id="preview-box") as box:
                box.border_title = "The first lines"
                yield Static("", id="preview")
            yield Label("", id="outcome")
            yield ProgressBar(id="export-progress", show_eta=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Export", id="go", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.query_one("#export-progress").display = False
        self.query_one("#target", Input).focus()
        self._show_update()
        self._look_at_target()

    def on_unmount(self) -> None:
        self._checks.shutdown()
        if self._run is not None:
            self._run.cancel()

    @property
    def _format_name(self) -> str:
        pressed = self.query_one("#format", RadioSet).pressed_button
        return str(pressed.id).removeprefix("format-") if pressed is not None else "json"

    @property
    def _ready(self) -> bool:
        """Whether all that is to be exported is known."""
        needs_sizes = FORMATS[self._format_name].needs_sizes
        return self._update.settled and not (needs_sizes and self._update.picture.totals.unsized)

    def show(self, update: Update) -> None:
        """Takes up what the walk found since."""
        if self._run is not None:
            return  # what is being written is what was there when it began
        self._update = update
        if self.is_mounted:
            self._show_update()

    def _show_update(self) -> None:
        update, totals = self._update, self._update.picture.totals
        words = f"{totals.files:,} files, {size_text(totals.bytes)}   {progress_words(update)}"
        self.query_one("#export-counts", Label).update(words)
        unmapped = sum(update.picture.unmapped_files(self._session.addresser).values())
        self.query_one("#unmapped-count", Label).update(f"! {unmapped:,} files" if unmapped else "none")
        failed = [f"{totals.failed:,} files"] if totals.failed else []
        failed += [f"{totals.unreadable:,} directories"] if totals.unreadable else []
        self.query_one("#failed-count", Label).update(f"x {' and '.join(failed)}" if failed else "none")
        self._show_preview()
        if self._waiting_to_write:
            self._write_or_wait()

    def _show_preview(self) -> None:
        name = self._format_name
        encode = self.query_one("#encode", Toggle).value
        text = preview(self._update.picture, make_format(self._session, name, percent_encode=encode))
        lines = [shown(line) for line in text.rstrip("\n").split("\n")]
        self.query_one("#preview", Static).update(Content("\n".join(lines) if text else "No file is placed yet."))
        self.query_one("#format-words", Label).update(FORMATS[name].words)

    def on_radio_set_changed(self, event: RadioSet.Changed) -> None:
        if event.radio_set.id == "format":
            target = self.query_one("#target", Input)
            stem, _, extension = target.value.rpartition(".")
            if extension in {kind.extension for kind in FORMATS.values()}:
                target.value = f"{stem}.{FORMATS[self._format_name].extension}"
            self._show_preview()
        self._say("")

    def on_checkbox_changed(self) -> None:
        self._show_preview()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._look_at_target()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._begin()

    def _look_at_target(self) -> None:
        target = self.query_one("#target", Input).value
        self._check = TargetCheck(target, "being looked at ...")
        future = self._checks.submit(check_target, target)
        future.add_done_callback(lambda future: self.post_message(_Checked(future.result())))

    def on__checked(self, message: _Checked) -> None:
        if message.check.target != self.query_one("#target", Input).value:
            return  # of what was typed before
        self._check = message.check
        label = self.query_one("#target-check", Label)
        label.update(shown(message.check.words))
        label.set_class(message.check.fault is not None, "-failed")
        self.query_one("#go", Button).disabled = message.check.fault is not None

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "go":
            self._begin()
        else:
            self.action_leave()

    def _begin(self) -> None:
        if self._run is not None or self._check.fault is not None:
            return
        agreed = self._check
        if agreed.exists:
            words = f"{shown(agreed.target)} exists. Replace it by this list?"
            question = QuestionScreen("Replace the file?", words, yes="Replace", no="Keep it")
            self.app.push_screen(question, lambda answer: self._agree(agreed) if answer else None)
        else:
            self._agree(agreed)

    def _agree(self, check: TargetCheck) -> None:
        """From here on, nothing of what the user agreed to can be changed."""
        self._agreed = check
        self._freeze(True)
        self._write_or_wait()

    def _freeze(self, frozen: bool) -> None:
        for line in self.query(".line"):
            line.disabled = frozen
        self.query_one("#go", Button).disabled = frozen
        if not frozen:
            self.query_one("#target", Input).focus()

    def _write_or_wait(self) -> None:
        if self._ready:
            self._write()
            return
        self._waiting_to_write = True
        self._loader.finish_selection()
        self._say(f"Waiting until the list is complete: {progress_words(self._update)}. esc cancels.")

    def _write(self) -> None:
        self._waiting_to_write = False
        rules = Rules(
            refuse_unmapped=self.query_one("#refuse-unmapped", Option).value,
            skip_failed=self.query_one("#skip-failed", Option).value,
        )
        encode = self.query_one("#encode", Toggle).value
        bar = self.query_one("#export-progress", ProgressBar)
        bar.update(total=max(self._update.picture.totals.files, 1), progress=0)
        bar.display = True
        self._run = ExportRun(
            self._session,
            self._update.picture,
            make_format(self._session, self._format_name, percent_encode=encode),
            rules,
            self._agreed.target,
            self._written,
            self._ended,
            replace=self._agreed.exists,
            screen_first=ScreenFirst(asyncio.get_running_loop()),
        )
        self._say("Writing ... esc cancels.")
        self._run.begin()

    def _written(self, files: int) -> None:
        """On the export's thread."""
        self.post_message(_Written(files))

    def _ended(self, files: int, error: GlusterError | None) -> None:
        """On the export's thread."""
        self.post_message(_Ended(files, error))

    def on__written(self, message: _Written) -> None:
        self.query_one("#export-progress", ProgressBar).update(progress=message.files)

    def on__ended(self, message: _Ended) -> None:
        run, self._run = self._run, None
        assert run is not None
        self.query_one("#export-progress").display = False
        if message.error is None:
            incomplete = " (incomplete: the walk was stopped)" if self._update.stopped else ""
            self.app.notify(
                f"{message.files:,} files in {shown(run.target)}{incomplete}", title="Exported", markup=False
            )
            self.dismiss()
            return
        way_out = ""
        if isinstance(message.error, UnmappedVolumesError):
            way_out = ". Choose 'by their host', or add them to the host map."
        self._freeze(False)
        self._look_at_target()
        self._say(f"x {shown(str(message.error))}{way_out}", failed=not isinstance(message.error, CancelledError))

    def _say(self, words: str, *, failed: bool = False) -> None:
        label = self.query_one("#outcome", Label)
        label.update(Content(words))
        label.set_class(failed, "-failed")

    def action_leave(self) -> None:
        """Cancels what runs; leaves where nothing does."""
        if self._run is not None:
            self._run.cancel()
        elif self._waiting_to_write:
            self._waiting_to_write = False
            self._freeze(False)
            self._say("Cancelled: nothing was written.")
        else:
            self.dismiss()
