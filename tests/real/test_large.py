"""Datasets of unusual shape: one large directory, many empty ones, a deep tree, a long path."""

import csv
import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from disco.dfs.gluster import Report, files
from disco.dfs.gluster.inputfs import open_inputfs
from gluster_tui.cli import main
from gluster_tui.loader import Loader
from gluster_tui.updates import Update

from .specs import replicated
from .volume import RealVolume

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with RealVolume(replicated(2, 2)) as volume:
        yield volume.mountpoint


def make_files(folder: Path, count: int) -> None:
    """Makes empty files, some at a time."""
    folder.mkdir()

    def some(numbers: range) -> None:
        for number in numbers:
            os.close(os.open(folder / f"file-{number:06}", os.O_CREAT | os.O_WRONLY))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(some, [range(start, count, 8) for start in range(8)]))


@pytest.fixture(scope="module")
def large(root: Path) -> Path:
    make_files(root / "large", 50_000)
    return root / "large"


def test_a_directory_of_50_000_files_is_placed_by_cookie_whole(large: Path) -> None:
    report = Report()
    found = files(str(large), None, {}, report=report)
    assert (len(found), report.by_cookie) == (50_000, 50_000)


def test_of_a_directory_of_50_000_files_a_part_placed_exactly_is_the_same(large: Path) -> None:
    exact = files(str(large), "file-0123", {}, placement="exact")
    assert len(exact) == 100
    assert exact == files(str(large), "file-0123", {})


def test_files_of_a_directory_of_50_000_are_shown_and_placed_before_their_sizes_and_these_come(large: Path) -> None:
    source, start = open_inputfs(str(large))
    updates: list[Update] = []
    complete = threading.Event()

    def take(update: Update) -> None:
        updates.append(update)
        if update.complete:
            complete.set()

    loader = Loader(source, start, take)
    loader.begin()
    assert complete.wait(600)
    loader.close()
    source.close()
    placed = next(update for update in updates if update.placed)
    assert (len(placed.picture), placed.picture.totals.unsized) == (50_000, 49_000)
    assert updates[-1].picture.totals.unsized == 0
    assert set(loader.catalog.directories[b"large"].sizes) == {0}


def test_a_list_with_sizes_of_a_directory_of_50_000_files_has_all_of_them(large: Path, tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    assert main(["export", str(large), "--format", "csv", "--no-hostname-map", "--output", str(target)]) == 0
    rows = csv.DictReader(target.read_text().splitlines())
    assert Counter(row["size"] for row in rows) == {"0": 100_000}


def test_10_000_empty_directories_hold_nothing(root: Path) -> None:
    for number in range(10_000):
        os.makedirs(root / "empty" / f"{number // 100:02}" / f"{number % 100:02}", exist_ok=True)
    report = Report()
    assert files(str(root / "empty"), None, {}, report=report) == []
    assert report.directories == 10_101


def test_a_tree_of_60_levels_is_walked_to_its_end(root: Path) -> None:
    deep = root / "deep" / "/".join(f"level-{level}" for level in range(60))
    deep.mkdir(parents=True)
    (deep / "file").touch()
    assert len(files(str(root / "deep"), None, {})) == 1


def test_a_path_of_3_000_bytes_is_addressed_whole(root: Path) -> None:
    below = "long/" + "/".join(f"{number:02}" + "n" * 198 for number in range(15)) + "/file"
    assert len(below) > 3_000
    (root / below).parent.mkdir(parents=True)
    (root / below).touch()
    for placement in ("auto", "exact"):
        found = files(str(root / "long"), None, {}, placement=placement)
        assert [address.partition("dfs://")[2].partition("/")[2] for address in found[0]] == [below, below]
