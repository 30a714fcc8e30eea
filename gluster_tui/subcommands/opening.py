"""Opening what a user named on the command line, with words for what may be wrong with it."""

from __future__ import annotations

import argparse
import os

from disco.dfs.gluster.errors import GlusterError, NoHostnameMapError
from disco.dfs.gluster.recording import is_recording

from ..display import shown
from ..exits import BAD_INPUT, Exit
from ..session import MapChoice, Session, open_path, open_recorded

__all__ = ["map_choice", "open_dataset", "opened"]


def map_choice(arguments: argparse.Namespace) -> MapChoice:
    """How the arguments want a dataset opened."""
    return MapChoice(
        file=arguments.hostname_map,
        none=arguments.no_hostname_map,
        placement="exact" if arguments.exact else "auto",
    )


def open_dataset(path: str, choice: MapChoice) -> Session:
    """A recording where ``path`` is one, else the mount it is on. Waits; raises of the family GlusterError."""
    if os.path.isfile(path) and is_recording(os.fsencode(path)):
        return open_recorded(path, choice)
    return open_path(path, choice)


def opened(path: str, choice: MapChoice, *, map_needed: bool) -> Session:
    """The dataset, or the end of the program with a sentence.

    ``map_needed``: that no host map is found is an error, unless it was asked for none.
    """
    try:
        session = open_dataset(path, choice)
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
