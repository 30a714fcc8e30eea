"""Exports that are refused or fail: the dialog says why and what helps, and the file system is as it was."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .driving import list_of, names_in, running
from .sources import HeldSource, dataset, session_of
from .test_export_dialog import exported, open_dialog, outcome, shown_in

FAULTY = {b"genomes/chr2": errno.ENOTCONN}
UNREADABLE = {b"genomes": errno.EACCES}


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A directory on a file system whose only blocks are taken by the file ``list.json``, which holds ``old``."""
    if os.geteuid():
        pytest.skip("only root can make a file system without room")
    folder = tmp_path / "full"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", folder], check=True)
    try:
        (folder / "list.json").write_text("old")
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Iterator[Path]:
    """A directory in which this user may not write."""
    folder = tmp_path / "closed"
    folder.mkdir()
    if os.geteuid():
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=4k", "none", folder], check=True)  # root may write elsewhere
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


async def test_unmapped_volumes_go_by_their_host_and_the_dialog_counts_their_files(tmp_path: Path) -> None:
    session, target = session_of(dataset([b"a", b"b", b"c"])), tmp_path / "list.json"
    async with running(session) as pilot:
        await open_dialog(pilot, target)
        unmapped = sum("dfs://nx04/" in line for line in list_of(session).decode().splitlines())
        assert unmapped
        assert shown_in(pilot, "#unmapped-count") == f"! {unmapped} files"
        await pilot.press("enter")
        await exported(pilot)
    assert target.read_bytes() == list_of(session)


async def test_unmapped_volumes_can_be_refused_and_the_way_out_is_named(tmp_path: Path) -> None:
    async with running(session_of(dataset())) as pilot:
        await open_dialog(pilot, tmp_path / "list.json")
        await pilot.click("#refuse-unmapped")
        await pilot.click("#target")
        words = await outcome(pilot)
        assert words.startswith("x refused, no node is known for: nx04-vol1 (")
        assert words.endswith("Choose 'by their host', or add them to the host map.")
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(("faults", "count"), [(FAULTY, "x 1 files"), (UNREADABLE, "x 1 directories")])
async def test_what_could_not_be_resolved_is_counted_and_refused(
    faults: dict[bytes, int], count: str, tmp_path: Path
) -> None:
    async with running(session_of(HeldSource(dataset(), faults=faults))) as pilot:
        await open_dialog(pilot, tmp_path / "list.json")
        assert shown_in(pilot, "#failed-count") == count
        words = await outcome(pilot)
        assert words.startswith(f"x 1 could not be resolved: /inputfs/{next(iter(faults)).decode()}: ")
    assert names_in(tmp_path) == []


async def test_failed_files_can_be_left_out(tmp_path: Path) -> None:
    session, target = session_of(HeldSource(dataset(), faults=FAULTY)), tmp_path / "list.json"
    async with running(session) as pilot:
        await open_dialog(pilot, target)
        await pilot.click("#skip-failed")
        await pilot.click("#go")
        await exported(pilot)
    assert target.read_bytes() == list_of(session)
    assert len(json.loads(target.read_bytes())) == 20


async def test_a_name_that_a_format_cannot_carry_is_told_before_and_when_it_is_written(tmp_path: Path) -> None:
    async with running(session_of(dataset([b"two\nlines"]))) as pilot:
        await open_dialog(pilot, tmp_path / "list.txt")
        await pilot.click("#format-lines")
        assert "holds a newline" in shown_in(pilot, "#preview")
        await pilot.click("#target")
        assert "percent-encode the addresses, or choose json or csv" in await outcome(pilot)
    assert names_in(tmp_path) == []


async def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(full_disk: Path) -> None:
    target = full_disk / "list.json"
    async with running(session_of(dataset())) as pilot:
        await open_dialog(pilot, target, "! it exists")
        await pilot.press("enter", "y")
        await pilot.press("tab")
        assert "No space left on device" in await outcome(pilot)
    assert target.read_text() == "old"
    assert names_in(full_disk) == ["list.json"]


async def test_a_directory_without_permission_is_told_before_anything_is_tried(read_only_folder: Path) -> None:
    async with running(session_of(dataset())) as pilot:
        await open_dialog(pilot, read_only_folder / "list.json", f"x no permission to write in {read_only_folder}"[:60])
    assert names_in(read_only_folder) == []
