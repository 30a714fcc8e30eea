"""Work shared among threads, processes and Dask's workers: the same result in the same order, and nothing lost."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from disco.dfs.gluster import Report, files

from .volume import RealVolume

DIRECTORIES, FILES = 12, 15


@contextmanager
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@contextmanager
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2) as executor:
        yield executor


@contextmanager
def dask() -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor(pure=False)


KINDS = {"threads": threads, "processes": processes, "dask": dask}


@pytest.fixture(scope="module")
def folder(volume_2x2: RealVolume) -> Path:
    """Some directories of files, with names of every kind."""
    folder = volume_2x2.mountpoint / "executors"
    for directory in range(DIRECTORIES):
        path = folder / f"day {directory:02}"
        path.mkdir(parents=True)
        for file in range(FILES):
            (path / f"access\n{file:02}").touch()
        (path / os.fsdecode(b"\xff")).touch()
    return folder


@pytest.mark.parametrize("placement", ["auto", "exact"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_executor_gives_the_same_in_the_same_order(folder: Path, kind: str, placement: Any) -> None:
    with KINDS[kind]() as executor:
        shared = files(str(folder), None, {}, placement=placement, executor=executor)
    assert shared == files(str(folder), None, {}, placement=placement)


@pytest.mark.parametrize("kind", KINDS)
def test_an_executor_that_loses_nothing_has_no_loss_reported(folder: Path, kind: str) -> None:
    report = Report()
    with KINDS[kind]() as executor:
        files(str(folder), None, {}, report=report, executor=executor)
    assert report.lost == 0


def killed() -> None:
    """A unit of work that does not come back."""
    os.kill(os.getpid(), signal.SIGKILL)


class KilledOnce(Executor):
    """An executor of which a worker is killed after some units of work."""

    def __init__(self, executor: Executor, units: int) -> None:
        self._executor, self._left = executor, units

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._left -= 1
        if self._left == 0:
            self._executor.submit(killed)
        return self._executor.submit(fn, *args, **kwargs)


@pytest.mark.parametrize("kind", ["processes", "dask"])
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(folder: Path, kind: str) -> None:
    with KINDS[kind]() as executor:
        shared = files(str(folder), None, {}, executor=KilledOnce(executor, 6))
    assert shared == files(str(folder), None, {})
