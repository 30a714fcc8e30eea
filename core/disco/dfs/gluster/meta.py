"""What a mount's ``.meta`` says of its client, read where a unit of work runs."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

from .errors import GraphError
from .graph import parse_volfile

__all__ = ["graph_shape", "is_stale_unit", "states_of"]

# The shape of each graph that was seen, by the path and the target of the link to it: graphs never change.
_shapes: dict[tuple[bytes, bytes], bytes] = {}


def graph_shape(link: bytes) -> bytes:
    """The shape of the graph that is active for this client; OSError where it cannot be read."""
    target = os.readlink(link)
    shape = _shapes.get((link, target))
    if shape is None:
        volfile = os.path.join(os.path.dirname(link), target, b"volfile")
        try:
            with open(volfile, "rb") as file:
                shape = _shapes[link, target] = parse_volfile(file.read(), link).shape
        except FileNotFoundError as error:  # replaced meanwhile
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), volfile) from error
    return shape


def is_stale_unit(link: bytes, shape: bytes) -> bool:
    """Whether the active graph has another shape; False where that cannot be read."""
    try:
        return graph_shape(link) != shape
    except (OSError, GraphError):
        return False


def states_of(active: bytes, names: Iterable[str]) -> dict[str, bool]:
    """Whether volumes of the active graph are connected, and its groups up; those that do not say are left out."""
    states = {}
    for name in names:
        try:
            with open(os.path.join(active, os.fsencode(name), b"private"), "rb") as file:
                lines = file.read().split(b"\n")
        except OSError:
            continue
        for line in lines:
            key, _, value = line.partition(b"=")
            if key.strip() in (b"connected", b"up"):
                states[name] = value.strip() != b"0"
    return states
