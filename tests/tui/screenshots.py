"""Makes the pictures in screenshots/ from the running app on the demo.

    make screenshots

Needs rsvg-convert (Debian: apt install librsvg2-bin fonts-dejavu).
"""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot

from gluster_tui.app import GlusterTui

from .driving import demo_app, settled
from .mending import go_to, to_workbench
from .mending import workbench as bench

FOLDER = Path(__file__).parents[2] / "screenshots"
# The pictures are drawn with the fonts that are here, not with one from the web.
WEB_FONT = re.compile(r"@font-face\s*{[^}]*}")

TEXT = re.compile(
    r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)" textLength="[\d.]+" (clip-path="[^"]*")>([^<]*)</text>'
)
CELL = 12.2  # the width of a cell in the SVG

Scene = Callable[[Pilot[None]], Awaitable[None]]


async def browse(pilot: Pilot[None]) -> None:
    """The whole dataset, a file with an unmapped volume under the cursor."""
    await pilot.press("down", "down")


async def narrowed(pilot: Pilot[None]) -> None:
    """A filter, and what it matched."""
    await pilot.press("slash", *"2006-07-04_1", "enter", "down", "down")


async def regex(pilot: Pilot[None]) -> None:
    """An expression on the names that is not whole yet: the list stays."""
    await pilot.press("slash", "ctrl+r", *"access.*_(0[0-6]")


async def export(pilot: Pilot[None]) -> None:
    """The export dialog."""
    await pilot.press("e")


async def workbench(pilot: Pilot[None]) -> None:
    """The host-map workbench on the volume that the map misses."""
    await to_workbench(pilot)
    unmapped = next(row.volume.name for row in bench(pilot).table.rows if row.unmapped)
    await go_to(pilot, unmapped)


async def help(pilot: Pilot[None]) -> None:
    """The help."""
    await pilot.press("question_mark")


SCENES: dict[str, Scene] = {
    "browse": browse,
    "filter": narrowed,
    "expression": regex,
    "export": export,
    "workbench": workbench,
    "help": help,
}
SIZES = {"wide": (120, 40), "narrow": (80, 24)}


async def picture(scene: Scene, size: tuple[int, int], app: GlusterTui) -> str:
    """The screen of a scene, as SVG."""
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await scene(pilot)
        await settled(pilot)
        return aligned(WEB_FONT.sub("", app.export_screenshot(title="gluster-tui")))


def aligned(svg: str) -> str:
    """The picture with every word at its own cell: converters stretch a run of text, and drop its outer spaces."""

    def words(run: re.Match[str]) -> str:
        look, x, y, clip, text = run.groups()
        plain = html.unescape(text)
        return "".join(
            f'<text class="{look}" x="{float(x) + cell_len(plain[: word.start()]) * CELL:.1f}" y="{y}" {clip}>'
            f"{html.escape(word.group())}</text>"
            for word in re.finditer(r"[^\s\xa0]+", plain)
        )

    return TEXT.sub(words, svg)


def main() -> int:
    """Writes every scene at every size."""
    convert = shutil.which("rsvg-convert")
    if convert is None:
        print("make screenshots needs rsvg-convert: apt install librsvg2-bin fonts-dejavu", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    for name, scene in SCENES.items():
        for width, size in SIZES.items():
            svg = asyncio.run(picture(scene, size, demo_app())).replace("Fira Code", "DejaVu Sans Mono")
            target = FOLDER / f"{name}-{width}.png"
            subprocess.run([convert, "--zoom", "1.2", "-o", target], input=svg.encode(), check=True)
            print(target.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
