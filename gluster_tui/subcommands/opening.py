"""Opening what a user named on the command line, with words for what may be wrong with it."""

from __future__ import annotations

import os

from disco.dfs.gluster.errors import ExportError, GlusterError, NoHostnameMapError
from disco.dfs.gluster.export import inside_fault

from ..display import shown
from ..exits import BAD_INPUT, Exit
from ..map_choice import MapChoice
from ..session import Session, open_path

__all__ = ["opened", "refuse_inside"]


def refuse_inside(session: Session, output: str) -> None:
    """ExportError where what is written would change what is read."""
    if session.is_recording:
        return
    target = os.fsencode(output)
    fault = inside_fault(target, os.path.join(session.source.mount_point, session.start.directory))
    if fault:
        raise ExportError(target, fault)


def opened(path: str, choice: MapChoice, *, map_needed: bool) -> Session:
    """The dataset, or the end of the program with a sentence.

    ``map_needed``: that no host map is found is an error, unless it was asked for none.
    """
    try:
        session = open_path(path, choice)
    except GlusterError as error:
        raise Exit(BAD_INPUT, shown(str(error))) from error
    missing = session.map_error
    if map_needed and missing is not None:
        session.close()
        if isinstance(missing, NoHostnameMapError):
            places = " and ".join(shown(place) for place in missing.places)
            words = f"no host map: looked at {places}. Name one by --hostname-map FILE, or go by hosts as they are "
            raise Exit(BAD_INPUT, words + "named by --no-hostname-map")
        raise Exit(BAD_INPUT, shown(str(missing)))
    return session
