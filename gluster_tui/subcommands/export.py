"""``gluster-tui export``: the input list without a screen."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from functools import partial
from typing import IO

from disco.dfs.gluster.errors import (
    AddressError,
    CookiesDisprovedError,
    ExportError,
    FailedFilesError,
    FilterError,
    GlusterError,
    UnmappedVolumesError,
)
from disco.dfs.gluster.export import Rules, Tally, replacing, write_list
from disco.dfs.gluster.filters import Filter, as_filter, compile_regex
from disco.dfs.gluster.formats import FORMATS, LinesFormat
from disco.dfs.gluster.walk import Report, walk

from ..display import counted, shown
from ..exits import BAD_INPUT, DONE, FAILED, REFUSED, Exit
from ..map_choice import map_choice
from ..session import Session
from .opening import opened, refuse_inside
from .progress import ProgressLine

__all__ = ["export"]

_LISTED = 20  # failures that are named before the rest is counted


def export(arguments: argparse.Namespace) -> int:
    """Runs the command; returns its exit code."""
    keep = _filter(arguments)
    session = opened(arguments.path, map_choice(arguments), map_needed=True)
    progress = ProgressLine()
    try:
        return _Run(arguments, session, keep, progress).run()
    except UnmappedVolumesError as error:
        raise Exit(REFUSED, f"{shown(str(error))}. Nothing was written.") from error
    except (AddressError, ExportError) as error:
        raise Exit(BAD_INPUT, f"{shown(str(error))}. Nothing was written.") from error
    except GlusterError as error:
        raise Exit(FAILED, shown(str(error))) from error
    finally:
        progress.clear()
        session.close()


def _filter(arguments: argparse.Namespace) -> Filter:
    try:
        return compile_regex(arguments.regex) if arguments.regex is not None else as_filter(arguments.filter)
    except FilterError as error:
        raise Exit(BAD_INPUT, f"--regex: {shown(str(error))}") from error


class _Run:
    """One export."""

    def __init__(self, arguments: argparse.Namespace, session: Session, keep: Filter, progress: ProgressLine) -> None:
        self.session, self.keep, self.progress = session, keep, progress
        self.report = Report()
        self.make_format = partial(
            FORMATS[arguments.format], session.addresser, percent_encode=arguments.percent_encode
        )
        self.format = self.make_format()
        self.rules = Rules(arguments.on_unmapped == "fail", arguments.on_error == "skip")
        self.output: str | None = None if arguments.output == "-" else arguments.output

    def run(self) -> int:
        """Writes the list, then says what there is to say of it."""
        try:
            tally = self._to_file() if self.output is not None else self._to_stdout()
        except FailedFilesError:
            self.progress.clear()
            self._tell_failures("nothing was written (--on-error skip leaves them out)")
            return FAILED
        self.progress.clear()
        self._warn(tally)
        if self.report.failures:
            self._tell_failures(f"left out; {tally.files:,} files were written")
            return FAILED
        return DONE

    def _to_file(self) -> Tally:
        assert self.output is not None
        refuse_inside(self.session, self.output)
        with replacing(os.fsencode(self.output)) as out:
            return self._write(out)

    def _to_stdout(self) -> Tally:
        out = sys.stdout.buffer
        # A reader of half a list would not know: so it waits until it is whole.
        with tempfile.TemporaryFile() as waiting:
            tally = self._write(waiting)
            waiting.seek(0)
            shutil.copyfileobj(waiting, out, 1 << 20)
        out.flush()
        return tally

    def _write(self, out: IO[bytes]) -> Tally:
        try:
            return self._write_once(out)
        except CookiesDisprovedError:  # told at the end
            out.seek(0)
            out.truncate()
            self.report.restore(Report())
            return self._write_once(out)

    def _write_once(self, out: IO[bytes]) -> Tally:
        self.format = self.make_format()
        source, start = self.session.source, self.session.start
        batches = walk(source, start, self.keep, report=self.report, sizes=self.format.needs_sizes)
        return write_list(batches, lambda: self.report.failures, self.format, self.rules, out, self._progressed)

    def _progressed(self, files: int) -> None:
        self.progress.show(f"{files:,} files, {self.report.directories:,} directories")

    def _warn(self, tally: Tally) -> None:
        volumes = self.session.source.cluster.volumes
        if self.report.disproved is not None:
            _say(f"the listing of {shown(self.report.disproved)} contradicts its attribute: all attributes were asked")
        for index, files in tally.unmapped.items():
            _say(f"{shown(volumes[index].name)} is unmapped: {counted(files, 'file loses', 'files lose')} locality")
        if self.report.vanished:
            _say(f"{self.report.vanished:,} files or directories vanished during the walk")
        if self.report.others:
            _say(f"{self.report.others:,} entries that are no files (sockets, pipes, dangling links) are left out")
        if not tally.files and not self.report.failures:
            _say("no file matches: the list is empty")
        if isinstance(self.format, LinesFormat) and self.format.with_spaces:
            names = counted(self.format.with_spaces, "name holds", "names hold")
            _say(f"{names} spaces, at which 'disco run' splits: --percent-encode avoids it")

    def _tell_failures(self, outcome: str) -> None:
        failures = self.report.failures
        _say(f"{len(failures):,} could not be resolved, {outcome}:")
        for failure in failures[:_LISTED]:
            print(f"  {failure}", file=sys.stderr)
        if len(failures) > _LISTED:
            print(f"  and {len(failures) - _LISTED:,} more", file=sys.stderr)


def _say(words: str) -> None:
    print(f"gluster-tui: {words}", file=sys.stderr)
