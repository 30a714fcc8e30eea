"""``gluster-tui check``: the findings about a host map without a screen."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from disco.dfs.gluster.errors import CookiesDisprovedError, GlusterError, PathError
from disco.dfs.gluster.filters import Substring
from disco.dfs.gluster.findings import Finding, Severity, findings
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.map_saving import read_map_file
from disco.dfs.gluster.nodes import KnownNodes
from disco.dfs.gluster.suggestions import proposed_map
from disco.dfs.gluster.volume_tally import VolumeTally
from disco.dfs.gluster.walk import Report, walk

from ..display import SEVERITY_SIGNS, counted, shown, size_text
from ..exits import BAD_INPUT, DONE, FAILED, Exit
from ..map_choice import map_choice
from ..session import Session
from .check_document import check_document
from .opening import opened
from .progress import ProgressLine
from .tables import print_table

__all__ = ["check"]

_LISTED = 20  # failures that are named before the rest is counted
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


def check(arguments: argparse.Namespace) -> int:
    """Runs the command; returns its exit code."""
    choice = replace(map_choice(arguments), lenient=True)
    nodes = choice.nodes
    session = opened(arguments.path, choice, map_needed=False)
    progress = ProgressLine()
    try:
        report, tally = _walked(session, progress)
        progress.clear()
        lint = partial(findings, session.source.cluster, others=_others(arguments, session), tally=tally, nodes=nodes)
        _tell_unresolved(report)
        if arguments.suggest:
            return _suggest(session, nodes, partial(lint, others=""))
        found = lint(session.hostmap, missing=session.map_error)
        if arguments.json:
            print(json.dumps(check_document(session, found, tally, report, nodes), indent=1))
        else:
            _print_findings(session, found, nodes)
        return _code(found)
    except GlusterError as error:
        raise Exit(BAD_INPUT, shown(str(error))) from error
    finally:
        progress.clear()
        session.close()


def _walked(session: Session, progress: ProgressLine) -> tuple[Report, VolumeTally]:
    """What lies where, and what was met on the way."""
    for last in (False, True):
        report, tally = Report(), VolumeTally()
        try:
            for placed in walk(session.source, session.start, Substring(b""), report=report, sizes=True):
                tally.add(placed)
                progress.show(f"{report.files:,} files, {report.directories:,} directories")
            break
        except CookiesDisprovedError:  # the second time attributes are asked
            if last:
                raise
    return report, tally


def _others(arguments: argparse.Namespace, session: Session) -> str:
    """Who else may write the map's file; of a map in a recording nobody knows."""
    path = arguments.hostname_map
    if path is None and session.hostmap.wanted and not session.is_recording:
        path = session.hostmap.source
    if path is None or session.executor is None:
        return ""
    try:
        return session.executor.submit(read_map_file, path).result().others
    except PathError:  # it was there when it was read
        return ""


def _code(found: Sequence[Finding]) -> int:
    return FAILED if any(finding.severity == "error" for finding in found) else DONE


def _suggest(session: Session, nodes: KnownNodes | None, lint: Callable[[HostnameMap], list[Finding]]) -> int:
    proposed = proposed_map(session.source.cluster, session.hostmap, nodes)
    sys.stdout.buffer.write(proposed.text)
    return _code(lint(proposed.to_hostname_map("the proposed map")))


def _print_findings(session: Session, found: Sequence[Finding], nodes: KnownNodes | None) -> None:
    print(f"inputfs   {shown(session.source.mount_point)}")
    print(f"volume    {shown(session.cluster_words)}")
    print(f"host map  {shown(session.map_words)}")
    if nodes is not None:
        print(f"nodes     {len(nodes.names):,} of {shown(nodes.source)}")
    print()
    if not found:
        print("clean: no findings")
        return
    heads = ["severity", "place", "files", "size", "finding"]
    print_table(heads, [_row(finding) for finding in found])
    counts = Counter(finding.severity for finding in found)
    print("\n" + ", ".join(counted(counts[severity], severity, f"{severity}s") for severity in _SEVERITIES))


def _row(finding: Finding) -> list[str]:
    files = "" if finding.files is None else f"{finding.files:,}"
    size = "" if finding.bytes is None else size_text(finding.bytes)
    return [f"{SEVERITY_SIGNS[finding.severity]} {finding.severity}", finding.place or "-", files, size, finding.words]


def _tell_unresolved(report: Report) -> None:
    if report.disproved is not None:
        words = f"the listing of {shown(report.disproved)} contradicts its attribute: all attributes were asked"
        print(f"gluster-tui: {words}", file=sys.stderr)
    if report.failures:
        number = len(report.failures)
        print(f"gluster-tui: {number:,} could not be resolved, and are not counted:", file=sys.stderr)
        for failure in report.failures[:_LISTED]:
            print(f"  {failure}", file=sys.stderr)
        if number > _LISTED:
            print(f"  and {number - _LISTED:,} more", file=sys.stderr)
