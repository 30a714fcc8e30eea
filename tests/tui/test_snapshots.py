"""Pictures of every screen in every state, at 80x24 and 120x40.

After a change that is meant: ``pytest tests/tui/test_snapshots.py --snapshot-update``, and look at what changed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from gluster_tui.screens import opening
from gluster_tui.widgets import bars
from gluster_tui.widgets.rows import Rows

from .driving import in_view
from .scenes import NOW, SCENES

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}


@pytest.fixture(autouse=True)
def standing_still(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A clock that stands, an empty directory to stand in, and colours whatever the environment says of them."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    clock = SimpleNamespace(monotonic=lambda: NOW)
    monkeypatch.setattr(bars, "time", clock)
    monkeypatch.setattr(opening, "time", clock)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SCENES)
def test_screen(name: str, size: str, snap_compare: Callable[..., bool]) -> None:
    scene = SCENES[name]
    app = scene.app()

    async def prepare(pilot: Pilot[None]) -> None:
        app.animation_level = "none"
        app.theme = "textual-light" if name == "light" else "textual-dark"
        await scene.way(pilot)
        for line in app.screen.query(Input):
            line.cursor_blink = False
        await pilot.pause()
        for panel in app.screen.query(Rows):
            assert any(in_view(pilot, panel)), f"{panel.id} is blank"

    assert snap_compare(app, terminal_size=SIZES[size], run_before=prepare)
