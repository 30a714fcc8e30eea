"""What threads tell the app, and what screens ask of it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from disco.dfs.gluster.errors import GlusterError, shown
from disco.dfs.gluster.map_saving import MapFile

from .updates import Update

__all__ = ["CopyWanted", "Loaded", "MapSaved", "MountsWanted", "OpenWanted", "ReopenWanted"]


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

    @property
    def words(self) -> str:
        """The name as it is shown."""
        return shown(self.copied)
