"""Nothing of a volume stays, however the process that made it ends."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .guardian import PROJECT
from .leftovers import leftovers, processes_naming
from .specs import distributed, replicated
from .state import VolumeError
from .teardown import gluster_processes
from .volume import RealVolume
from .waiting import wait_until

HOLDER = """
import os, signal, sys
from pathlib import Path
from tests.real.specs import replicated
from tests.real.volume import RealVolume

# A shell that runs its tests in the background has them ignore interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
with RealVolume(replicated(1, 2, one_process=False), Path(sys.argv[1])) as volume:
    (volume.mountpoint / "file").write_text("x")
    volume.bind_mount("")
    os.chdir(volume.mountpoint)
    volume.hang_brick(0)
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where a test's volume goes."""
    return tmp_path / "volume"


@pytest.fixture
def holder(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds a volume in use, with a bind mount of it and a brick that hangs."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, directory],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.kill()
    process.communicate()


def test_close_leaves_nothing(directory: Path) -> None:
    with RealVolume(replicated(1, 2), directory) as volume:
        (volume.mountpoint / "sub").mkdir()
        volume.bind_mount("sub")
        volume.subdir_mount("sub")
        assert len(gluster_processes(directory)) == 3
        assert len(processes_naming(directory)) == 4, "those, and the guardian"
    assert leftovers(directory) == []
    volume.close()


def test_a_temporary_directory_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with RealVolume(distributed(1)) as volume:
        assert volume.directory.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_before_stays(tmp_path: Path) -> None:
    point = tmp_path / "inputfs"
    point.mkdir()
    (tmp_path / "volume").mkdir()
    with RealVolume(distributed(1), tmp_path / "volume", mountpoint=point):
        assert os.path.ismount(point)
        with pytest.raises(VolumeError, match="mounted already"):
            RealVolume(distributed(1), mountpoint=point).start()
        with pytest.raises(VolumeError, match="holds a volume"):
            RealVolume(distributed(1), tmp_path / "volume").start()
        assert os.path.ismount(point)
    assert sorted(tmp_path.iterdir()) == [point, tmp_path / "volume"]
    assert not os.path.ismount(point)


def test_a_killed_brick_and_a_dead_mount_go(directory: Path) -> None:
    with RealVolume(replicated(1, 2, one_process=False), directory) as volume:
        volume.stop_brick(0)
        volume.hang_brick(1)
        volume.kill_client()
    assert leftovers(directory) == []


def test_an_open_file_does_not_hold_it(directory: Path) -> None:
    with RealVolume(distributed(1), directory) as volume:
        file = os.open(volume.mountpoint / "file", os.O_CREAT | os.O_WRONLY)
    assert leftovers(directory) == []
    with pytest.raises(OSError, match=os.strerror(errno.ENOTCONN)):
        os.close(file)


def test_a_start_that_fails_leaves_nothing(directory: Path) -> None:
    with pytest.raises(VolumeError, match="nonsense"):
        RealVolume(distributed(1, layers=("performance/nonsense",)), directory).start()
    assert leftovers(directory) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_process_that_ends_takes_its_volume_along(
    holder: subprocess.Popen[bytes], directory: Path, number: signal.Signals
) -> None:
    assert len(gluster_processes(directory)) == 3
    os.killpg(holder.pid, number)
    holder.wait(20)
    wait_until(lambda: not leftovers(directory), 20)
