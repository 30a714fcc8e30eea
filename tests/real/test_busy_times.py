"""Walks during which the client dies, or files and directories come and go."""

import shutil
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from disco.dfs.gluster import FailedFilesError, Failure, Report, files, iter_files, units
from disco.dfs.gluster.inputfs import PlacementMode
from disco.dfs.gluster.workers import ImmediateExecutor

from .conftest import MakeVolume
from .specs import replicated
from .test_hard_times import DIRECTORIES, many_directories, path_of, ways
from .test_shapes import fill
from .volume import RealVolume

# The client dies


class Interrupting(ImmediateExecutor):
    """Does something else before one of the units, in their order."""

    def __init__(self, number: int, happens: Callable[[], None]) -> None:
        self.number, self.happens = number, happens

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.number -= 1
        if self.number == 0:
            self.happens()
        return super().submit(fn, *args, **kwargs)


@pytest.fixture
def doomed(make_volume: MakeVolume) -> RealVolume:
    """A volume of many directories, for one test."""
    volume = make_volume(replicated(1, 2))
    many_directories(volume)
    return volume


def failed(volume: RealVolume, executor: Executor, placement: PlacementMode) -> FailedFilesError:
    """How files() fails."""
    with pytest.raises(FailedFilesError) as caught:
        files(str(volume.mountpoint), None, {}, executor=executor, placement=placement)
    return caught.value


@ways
def test_when_the_client_dies_what_was_resolved_is_kept(doomed: RealVolume, placement: PlacementMode) -> None:
    error = failed(doomed, Interrupting(100, doomed.kill_client), placement)
    assert 50 < len(error.resolved) < 100
    assert len(error.resolved) + len(error.failures) == DIRECTORIES


@ways
def test_when_the_client_dies_one_error_says_so(doomed: RealVolume, placement: PlacementMode) -> None:
    error = failed(doomed, Interrupting(100, doomed.kill_client), placement)
    assert "the mount's client has died" in str(error)
    assert all("the mount's client has died" in failure.fact for failure in error.failures)


@ways
def test_when_the_client_dies_right_behind_a_listing_it_is_the_same(
    doomed: RealVolume, placement: PlacementMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = units.list_directory

    def dying(path: bytes, between: Callable[[], None]) -> Any:
        listing = listed(path, between)
        if path.endswith(b"/080"):
            doomed.kill_client()
        return listing

    monkeypatch.setattr(units, "list_directory", dying)
    error = failed(doomed, Interrupting(0, lambda: None), placement)
    assert len(error.resolved) + len(error.failures) == DIRECTORIES
    assert all("the mount's client has died" in failure.fact for failure in error.failures)


# Files and directories come and go


Happening = Callable[[Path], None]


def walked_while(volume: RealVolume, folder: Path, placement: PlacementMode, happens: Happening) -> tuple[Any, Report]:
    """The paths that a walk gives below a folder where something happens to it behind the first file; its report."""
    report, failures = Report(), list[Failure]()
    stream = iter_files(str(folder), None, {}, report=report, placement=placement, on_error=failures.append)
    found = [next(stream)]
    happens(folder)
    found += stream
    assert failures == []
    below = f"{folder.relative_to(volume.mountpoint)}/"
    return [path_of(replicas).removeprefix(below) for replicas in found], report


@pytest.fixture
def busy(volume_2x2: RealVolume, folder_2x2: Path) -> Path:
    """A folder of many directories."""
    for number in range(DIRECTORIES):
        fill(folder_2x2 / f"{number:03}", 1)
    return folder_2x2


EXPECTED = [f"{number:03}/file-00" for number in range(DIRECTORIES)]


@ways
def test_a_directory_that_is_deleted_before_its_turn_is_counted(
    volume_2x2: RealVolume, busy: Path, placement: PlacementMode
) -> None:
    found, report = walked_while(volume_2x2, busy, placement, lambda folder: shutil.rmtree(folder / "150"))
    assert (found, report.vanished) == ([path for path in EXPECTED if not path.startswith("150/")], 1)


@ways
def test_a_directory_that_is_deleted_behind_its_listing_does_no_harm(
    volume_2x2: RealVolume, busy: Path, placement: PlacementMode
) -> None:
    found, report = walked_while(volume_2x2, busy, placement, lambda folder: shutil.rmtree(folder / "001"))
    assert sorted({*found, "001/file-00"}) == EXPECTED
    assert len(found) + report.vanished in (DIRECTORIES, DIRECTORIES + 1)  # listed or not, with its file or without


@ways
def test_a_file_that_is_renamed_before_its_turn_is_found_by_its_new_name(
    volume_2x2: RealVolume, busy: Path, placement: PlacementMode
) -> None:
    def rename(folder: Path) -> None:
        (folder / "150" / "file-00").rename(folder / "150" / "renamed")

    found, _ = walked_while(volume_2x2, busy, placement, rename)
    assert found == [path.replace("150/file-00", "150/renamed") for path in EXPECTED]


@ways
def test_files_that_are_written_anew_and_renamed_over_others_are_all_found(
    volume_2x2: RealVolume, busy: Path, placement: PlacementMode
) -> None:
    def replace(folder: Path) -> None:
        for number in range(100, DIRECTORIES):
            (folder / f"{number:03}" / ".new").write_text("new")
            (folder / f"{number:03}" / ".new").rename(folder / f"{number:03}" / "file-00")

    assert walked_while(volume_2x2, busy, placement, replace)[0] == EXPECTED
