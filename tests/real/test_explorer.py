"""The explorer on real mounts: what it shows, counts and exports is what getfattr and files() say."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from disco.dfs.gluster import files
from gluster_tui.screens.export import ExportScreen

from ..tui.driving import enter_filter, explorer, files_shown, in_view, on_screen, until
from .conftest import MakeVolume
from .exploring import exploring
from .specs import replicated
from .test_shapes import fill
from .trees import Tree, files_below, hostile_tree, listed
from .volume import RealVolume


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    """A tree of hard names, with a host map that misses a volume."""
    with RealVolume(replicated(2, 2)) as volume:
        (volume.mountpoint / ".hostname_map").write_text("nx01 disco-01\nnx02 disco-02\nnx03 disco-03\n")
        (volume.mountpoint / "t").mkdir()
        yield hostile_tree(volume, os.fsencode(volume.mountpoint / "t"))


def panel(pilot: Pilot[None]) -> str:
    """All lines of the panel of replicas, also those that are not in view."""
    replicas = explorer(pilot).replicas
    width = replicas.content_region.width
    return "\n".join(replicas.row_text(row, width).plain for row in range(replicas.row_count))


async def put_cursor(pilot: Pilot[None], path: bytes) -> None:
    """The cursor on a file, by its path below the mount point."""
    explorer(pilot).files.cursor = files_shown(pilot).index(path)
    await pilot.pause()


# What it shows


async def test_it_shows_every_file_by_path(tree: Tree) -> None:
    async with exploring(tree.root) as pilot:
        assert files_shown(pilot) == [tree.below_mount(path) for path in files_below(tree.root)]


async def test_it_counts_every_file(tree: Tree) -> None:
    count = len(files_below(tree.root))
    async with exploring(tree.root) as pilot:
        assert re.search(rf" {count} of {count} files, .* complete", on_screen(pilot))


def deceptive(tree: Tree) -> dict[bytes, list[bytes]]:
    """The files that are the hardest to read right, with all their names."""
    hard = ("entry", "a newline", "not UTF-8", "a whole value")
    names = {path: [path] for label, path in tree.labels.items() if any(word in label for word in hard)}
    for label, path in tree.labels.items():
        if label.endswith(", by the second"):
            first = tree.labels[label.removesuffix(", by the second")]
            names[first] = names[path] = [first, path]
    return names


async def test_the_panel_shows_the_hosts_that_getfattr_lists(tree: Tree) -> None:
    found, truth = {}, {}
    async with exploring(tree.root) as pilot:
        for path, names in deceptive(tree).items():
            await put_cursor(pilot, tree.below_mount(path))
            found[path] = re.findall(r"^ +host +(\S+)$", panel(pilot), re.MULTILINE)
            truth[path] = [tree.volume.spec.bricks[n].host for n in listed(tree.volume, path, names)]
    assert found == truth


async def test_the_panel_shows_which_entry_gave_a_node(tree: Tree) -> None:
    async with exploring(tree.path(b"files")) as pilot:
        for path in files_shown(pilot)[:8]:
            await put_cursor(pilot, path)
            text = panel(pilot)
            for number in re.findall(r"^ +host +nx0(\d)$", text, re.MULTILINE):
                assert ("! unmapped" in text) if number == "4" else (f"line {number}, by host" in text)


async def test_the_title_counts_the_volumes_that_are_mapped(tree: Tree) -> None:
    async with exploring(tree.path(b"files")) as pilot:
        assert re.search(r"web: 2x2 replicate, 4 volumes .*map: .*3 of 4", on_screen(pilot))


async def test_the_notice_counts_the_files_on_the_unmapped_volume(tree: Tree) -> None:
    count = sum("dfs://nx04/" in "".join(replicas) for replicas in files(tree.root))
    async with exploring(tree.root) as pilot:
        assert f"! nx04-vol1 is unmapped: {count} files lose locality" in on_screen(pilot)


async def test_every_node_has_a_colour_of_its_own(tree: Tree) -> None:
    async with exploring(tree.path(b"files")) as pilot:
        colours = explorer(pilot).colours
        assert len({str(colours.style(node)) for node in ("disco-01", "disco-02", "disco-03", "nx04")}) == 4


async def test_no_name_reaches_the_terminal_raw(tree: Tree) -> None:
    async with exploring(tree.path(b"files")) as pilot:
        for path in files_shown(pilot):
            await put_cursor(pilot, path)
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", on_screen(pilot))


async def test_a_filter_keeps_what_files_keeps(tree: Tree) -> None:
    async with exploring(tree.root) as pilot:
        await enter_filter(pilot, "links/")
        found = [os.fsdecode(path) for path in files_shown(pilot)]
    assert found == [replicas[0].split("/", 3)[3] for replicas in files(tree.root, "links/")] != []


async def test_an_export_is_what_files_returns(tree: Tree, tmp_path: Path) -> None:
    async with exploring(tree.root) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen), "the dialog")
        pilot.app.screen.query_one("#target", Input).value = str(tmp_path / "list")
        await until(pilot, lambda: "a new file" in on_screen(pilot), "the target was looked at")
        await pilot.press("enter")
        await until(pilot, (tmp_path / "list").exists, "the list is there")
    assert json.loads((tmp_path / "list").read_bytes()) == files(tree.root)


async def test_a_lost_brick_is_shown_offline_and_its_files_degraded(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2, one_process=False))
    names = fill(volume.mountpoint, 3)
    volume.stop_brick(0)
    async with exploring(volume.mountpoint) as pilot:
        assert "1 nx01-vol1  x offline" in panel(pilot)
        rows = [row for row in in_view(pilot, explorer(pilot).files) if row]
        assert [row.split()[:2] for row in rows] == [["-", name] for name in names]


async def test_a_group_that_is_down_is_told(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(2, 2, one_process=False))
    fill(volume.mountpoint)
    volume.stop_brick(2)
    volume.stop_brick(3)
    async with exploring(volume.mountpoint) as pilot:
        assert "x web-replicate-1 is down: its files are in no listing" in on_screen(pilot)
