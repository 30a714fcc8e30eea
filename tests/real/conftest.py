"""Volumes for tests, and what happens on a machine that cannot have any.

Every test below this folder is marked `real`. Without root, /dev/fuse or the programs they are skipped, with a
reason that names what is missing. With GLUSTER_TUI_REQUIRE_REAL=1 in the environment nothing is skipped: what is
missing is an error at the start, and a test that skips itself has failed.
"""

import contextlib
import itertools
import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from . import prerequisites
from .specs import VolumeSpec, replicated
from .volume import RealVolume

HERE = Path(__file__).parent
REQUIRE = "GLUSTER_TUI_REQUIRE_REAL"

MakeVolume = Callable[[VolumeSpec], RealVolume]


def required() -> bool:
    """Whether the tests here have to run."""
    return os.environ.get(REQUIRE) == "1"


@pytest.hookimpl(trylast=True)  # when -m and -k have made their choice
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests here if they cannot run, or say that they should have been able to."""
    here = [item for item in items if HERE in item.path.parents]
    lacks = prerequisites.missing() if here else []
    if not lacks:
        return
    reason = f"a real volume needs {'; '.join(lacks)}"
    if required():
        raise pytest.UsageError(f"{reason} ({REQUIRE}=1)")
    for item in here:
        item.add_marker(pytest.mark.skip(reason=reason))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests here as they are found, before -m makes its choice."""
    if HERE in item.path.parents:
        item.add_marker("real")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where the tests here have to run, one that skips itself has failed."""
    report = yield
    if report.skipped and required() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under {REQUIRE}=1: {reason_of(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself."""
    report = yield
    if report.skipped and required():
        report.outcome = "failed"
        report.longrepr = f"skipped under {REQUIRE}=1: {reason_of(report)}"
    return report


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why something was skipped."""
    return str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)


@pytest.fixture(scope="session")
def volume_2x2() -> Iterator[RealVolume]:
    """Two groups of two replicas, for all tests: work in a folder of it, and leave its bricks alone."""
    with RealVolume(replicated(2, 2)) as volume:
        yield volume


@pytest.fixture(scope="session")
def volume_3x2() -> Iterator[RealVolume]:
    """Three groups of two replicas, for all tests likewise."""
    with RealVolume(replicated(3, 2)) as volume:
        yield volume


@pytest.fixture
def folder_2x2(volume_2x2: RealVolume, request: pytest.FixtureRequest) -> Path:
    """A new folder of volume_2x2 for one test."""
    return new_folder(volume_2x2, request.node.name)


@pytest.fixture
def folder_3x2(volume_3x2: RealVolume, request: pytest.FixtureRequest) -> Path:
    """A new folder of volume_3x2 for one test."""
    return new_folder(volume_3x2, request.node.name)


@pytest.fixture
def make_volume() -> Iterator[MakeVolume]:
    """Makes volumes for one test; they are taken down at its end, the last first."""
    with contextlib.ExitStack() as volumes:
        yield lambda spec: volumes.enter_context(RealVolume(spec))


def new_folder(volume: RealVolume, test: str) -> Path:
    """A folder named for a test."""
    name = re.sub(r"\W+", "-", test).strip("-")
    for number in itertools.count(1):
        folder = volume.mountpoint / f"{name}-{number}"
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise AssertionError("counting came to an end")
