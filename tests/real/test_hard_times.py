"""Walks during which something happens to the bricks: one hangs, dies, or comes back."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

import pytest

from disco.dfs.gluster import Failure, files, inputfs, iter_files, listing
from disco.dfs.gluster.inputfs import PlacementMode

from .conftest import MakeVolume
from .specs import dispersed, distributed, replicated
from .test_shapes import fill
from .volume import RealVolume
from .waiting import wait_until

DIRECTORIES = 160  # more than a walk lists ahead
STILL_SECONDS = 1.0  # without any answer, and it waits

pytestmark = pytest.mark.slow

ways = pytest.mark.parametrize("placement", ["auto", "exact"])


def many_directories(volume: RealVolume) -> list[str]:
    """Directories of one file each; returns the files' paths."""
    for number in range(DIRECTORIES):
        fill(volume.mountpoint / f"{number:03}", 1)
    return [f"{number:03}/file-00" for number in range(DIRECTORIES)]


def path_of(replicas: list[str]) -> str:
    """The path that the addresses of a file have in common."""
    return replicas[0].split("/", 3)[3]


def hosts(replicas: list[str]) -> list[str]:
    """The hosts in some addresses."""
    return [address.split("/")[2] for address in replicas]


# A brick hangs


class Watched(ThreadPoolExecutor):
    """Threads of which one can tell how long none of them has come back with anything."""

    def __init__(self) -> None:
        super().__init__(8)
        self.under_way, self.last = 0, time.monotonic()
        self._lock = threading.Lock()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with self._lock:
            self.under_way += 1
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._done)
        return future

    def _done(self, future: Future[Any]) -> None:
        with self._lock:
            self.under_way -= 1
            self.last = time.monotonic()

    @property
    def stands_still(self) -> bool:
        """Whether something is under way, and nothing moves."""
        return self.under_way > 0 and time.monotonic() - self.last > STILL_SECONDS


@pytest.fixture
def work() -> Iterator[Watched]:
    """Threads to walk on."""
    with Watched() as executor:
        yield executor


HANGING = {
    "a replica": replicated(2, 2, one_process=False),
    "a fragment": dispersed(1, 2, 1, one_process=False),
    "all bricks": replicated(2, 2),
}


@ways
@pytest.mark.parametrize("what", HANGING)
def test_a_walk_waits_for_a_brick_that_hangs_and_then_gives_everything(
    what: str, placement: PlacementMode, make_volume: MakeVolume, work: Watched
) -> None:
    volume = make_volume(HANGING[what])
    paths = many_directories(volume)
    whole = files(str(volume.mountpoint), None, {})
    stream = iter_files(str(volume.mountpoint), None, {}, placement=placement, executor=work)
    found = list(islice(stream, 20))
    volume.hang_brick(0)
    waited = threading.Event()

    def resume() -> None:
        wait_until(lambda: work.stands_still, 60, "the walk stands still")
        waited.set()
        volume.resume_brick(0)

    (resuming := threading.Thread(target=resume)).start()
    found += stream
    resuming.join()
    assert (waited.is_set(), [path_of(replicas) for replicas in found]) == (True, paths)
    assert found == whole


def test_a_brick_may_hang_for_ten_seconds(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(2, 2, one_process=False))
    paths = many_directories(volume)
    stream = iter_files(str(volume.mountpoint), None, {})
    found = list(islice(stream, 20))
    volume.hang_brick(0)
    resuming = threading.Timer(10, volume.resume_brick, [0])
    resuming.start()
    found += stream
    resuming.join()
    assert [path_of(replicas) for replicas in found] == paths


# A brick dies


LOSING = {
    "a replica": (replicated(2, 2, one_process=False), 1),
    "a replica of three": (replicated(1, 3, one_process=False), 0),
    "a fragment": (dispersed(1, 2, 1, one_process=False), 2),
}


@ways
@pytest.mark.parametrize("what", LOSING)
def test_when_a_brick_dies_no_file_is_lost(what: str, placement: PlacementMode, make_volume: MakeVolume) -> None:
    spec, number = LOSING[what]
    volume = make_volume(spec)
    paths = many_directories(volume)
    stream = iter_files(str(volume.mountpoint), None, {}, placement=placement)
    found = list(islice(stream, 20))
    volume.stop_brick(number)
    found += stream
    assert [path_of(replicas) for replicas in found] == paths


def test_a_directory_that_is_being_listed_when_its_brick_dies_is_given_whole(
    make_volume: MakeVolume, work: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client leaves out what it still waits for from that brick, and tells no error."""
    read_the_first = (("read-hash-mode", "0"),)
    volume = make_volume(replicated(2, 2, one_process=False, group_options=read_the_first))
    (volume.mountpoint / "large").mkdir()
    names = [f"file-{number:04}" for number in range(2000)]  # so many that a brick tells them in several parts
    for name in names:
        (volume.mountpoint / "large" / name).touch()
    append, threads = listing._append_entries, list[threading.Thread]()

    def die() -> None:
        wait_until(lambda: work.stands_still, 60, "the listing stands still")
        volume.stop_brick(0)

    def hanging(block: bytes, found: list[tuple[bytes, int, int]]) -> None:
        append(block, found)
        if found and not threads:
            threads.append(threading.Thread(target=die))
            volume.hang_brick(0)
            threads[0].start()

    monkeypatch.setattr(listing, "_append_entries", hanging)
    found = files(str(volume.mountpoint / "large"), None, {}, executor=work)
    threads[0].join()
    assert [path_of(replicas) for replicas in found] == [f"large/{name}" for name in names]


@ways
def test_when_a_group_was_down_in_between_it_is_a_failure(
    placement: PlacementMode, make_volume: MakeVolume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputfs, "_WATCH_EVERY", 0)
    volume = make_volume(distributed(2, one_process=False))
    many_directories(volume)
    failures: list[Failure] = []
    stream = iter_files(str(volume.mountpoint), None, {}, placement=placement, on_error=failures.append)
    found = list(islice(stream, 20))
    volume.stop_brick(1)
    found += islice(stream, 10)
    volume.start_brick(1)
    found += stream
    assert "nx02-vol1 was down for a time, and its files are in no listing of then" in {f.fact for f in failures}


def ends_of_walk(
    volume: RealVolume, placement: PlacementMode, happens: Callable[[int], None]
) -> tuple[list[str], list[str]]:
    """The replicas of the first and the last file of a walk, behind whose first file something happens to a brick."""
    stream = iter_files(str(volume.mountpoint), None, {}, placement=placement)
    first = next(stream)
    happens(0)
    *_, last = stream
    return first, last


@ways
def test_when_a_brick_dies_files_that_come_later_have_their_other_replica_only(
    placement: PlacementMode, make_volume: MakeVolume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputfs, "_WATCH_EVERY", 0)
    volume = make_volume(replicated(1, 2, one_process=False))
    many_directories(volume)
    first, last = ends_of_walk(volume, placement, volume.stop_brick)
    assert (hosts(first), hosts(last)) == (["nx01", "nx02"], ["nx02"])


@ways
def test_when_a_brick_comes_back_files_that_come_later_have_it_again(
    placement: PlacementMode, make_volume: MakeVolume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputfs, "_WATCH_EVERY", 0)
    volume = make_volume(replicated(1, 2, one_process=False))
    many_directories(volume)
    volume.stop_brick(0)
    first, last = ends_of_walk(volume, placement, volume.start_brick)
    assert (hosts(first), hosts(last)) == (["nx02"], ["nx01", "nx02"])
