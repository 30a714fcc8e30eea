"""``gluster-tui record``: a dataset into a file."""

from __future__ import annotations

import argparse
import os
import sys

from disco.dfs.gluster.errors import ExportError, GlusterError, NoHostnameMapError
from disco.dfs.gluster.recorder import record

from ..display import shown
from ..exits import BAD_INPUT, DONE, FAILED, Exit
from ..map_choice import map_choice
from .opening import opened, refuse_inside
from .progress import ProgressLine

__all__ = ["record_dataset"]


def record_dataset(arguments: argparse.Namespace) -> int:
    """Runs the command; returns its exit code."""
    session = opened(arguments.path, map_choice(arguments), map_needed=False)
    missing = session.map_error
    if missing is not None and not isinstance(missing, NoHostnameMapError):
        session.close()
        raise Exit(BAD_INPUT, f"{shown(str(missing))}. Mend it, or record without a host map: --no-hostname-map")
    if missing is not None:
        print("gluster-tui: no host map was found, and none is recorded", file=sys.stderr)
    progress = ProgressLine()
    try:
        refuse_inside(session, arguments.output)
        report = record(
            session.source,
            session.start,
            os.fsencode(arguments.output),
            hostname_map=session.hostmap,
            progress=lambda report: progress.show(f"{report.files:,} files, {report.directories:,} directories"),
        )
    except ExportError as error:
        raise Exit(BAD_INPUT, shown(str(error))) from error
    except GlusterError as error:
        raise Exit(FAILED, shown(str(error))) from error
    finally:
        progress.clear()
        session.close()
    print(
        f"gluster-tui: recorded {report.files:,} files in {report.directories:,} directories to "
        f"{shown(arguments.output)}",
        file=sys.stderr,
    )
    if report.disproved is not None:
        words = f"the listing of {shown(report.disproved)} contradicts its attribute: all attributes were asked"
        print(f"gluster-tui: {words}", file=sys.stderr)
    for failure in report.failures:
        print(f"  recorded as failed: {failure}", file=sys.stderr)
    return FAILED if report.failures else DONE
