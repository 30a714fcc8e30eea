"""What threads tell the app, and what screens ask of it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.map_saving import MapFile

from .session import Session
from .updates import Update

__all__ = ["CopyWanted", "Loaded", "MapSaved", "MountsWanted", "OpenWanted", "Opened", "OpeningFailed", "ReopenWanted"]


@dataclass
class Loaded(Message):
    """The loader of a screen has something new."""

    update: Update


@dataclass
class MapSaved(Message):
    """A save of the host map to ``target`` has ended: with the file as it is now, or with an error."""

    target: str
    outcome: MapFile | GlusterError


@dataclass
class Opened(Message):
    """What was to be opened is open. ``attempt``: which one it was, counted from 1."""

    session: Session
    attempt: int


@dataclass
class OpeningFailed(Message):
    """What was to be opened could not be."""

    error: GlusterError
    attempt: int


@dataclass
class OpenWanted(Message):
    """A screen asks to open another path."""

    path: str


class ReopenWanted(Message):
    """A screen asks to read again what is open."""


class MountsWanted(Message):
    """A screen asks for the list of mounts."""


@dataclass
class CopyWanted(Message):
    """A screen asks to copy a name, byte for byte."""

    copied: bytes
