"""`up` and `down` on the command line."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cli import main
from .guardian import PROJECT
from .leftovers import leftovers
from .sample import host_map
from .specs import VolumeSpec, replicated


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """Where `up` makes its volume; taken down in the end, if it is still there."""
    path = tmp_path / "volume"
    yield path
    if path.exists():
        main(["down", str(path)])


def files_below(root: Path) -> list[Path]:
    """The regular files of a tree, without what GlusterFS shows of itself."""
    return [path for path in root.rglob("*") if path.is_file() and ".meta" not in path.parts]


def test_up_stays_until_down(directory: Path) -> None:
    command = [sys.executable, "-m", "tests.real.volume"]
    up = subprocess.run(
        [*command, "up", directory, "--files", "60", "--groups", "3"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    point = directory / "mnt"
    assert f"gluster-tui {point}\n" in up.stdout
    assert f"python -m tests.real.volume down {directory}\n" in up.stdout
    assert len(files_below(point)) == 61
    assert (point / "web_logs" / "2006-07" / "2006-07-14.log").exists()
    hosts = (point / ".hostname_map").read_text().splitlines()[1:]
    assert hosts == [f"nx{number:02} disco-{number:02}" for number in range(1, 6)]
    down = subprocess.run([*command, "down", directory], cwd=PROJECT, check=True, stdout=subprocess.PIPE)
    assert os.fsencode(point) in down.stdout
    assert leftovers(directory) == []


def test_up_at_a_mount_point_with_fragments(directory: Path, tmp_path: Path) -> None:
    point = tmp_path / "inputfs"
    options = ["--disperse", "2+1", "--groups", "1", "--files", "3", "--mount", str(point)]
    assert main(["up", str(directory), *options]) == 0
    assert os.path.ismount(point)
    assert "disperse" in (directory / "client.vol").read_text()
    assert main(["down", str(directory)]) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["up", "/etc"], "/etc is not empty"),
        (["up", "DIR", "--disperse", "2"], "--disperse takes D+R"),
        (["up", "DIR", "--disperse", "2+1", "--arbiter"], "--disperse takes D+R"),
        (["up", "DIR", "--replicas", "1"], "too few to replicate"),
        (["up", "DIR", "--groups", "0"], "needs a group"),
        (["down", "DIR"], "DIR holds no volume"),
    ],
)
def test_errors_are_a_sentence(
    arguments: list[str], message: str, directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word.replace("DIR", str(directory)) for word in arguments]) == 1
    error = capsys.readouterr().err
    assert message.replace("DIR", str(directory)) in error
    assert error.startswith("error: ")
    assert not directory.exists()


@pytest.mark.parametrize("command", ["up", "down"])
def test_without_root(
    command: str, directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main([command, str(directory)]) == 1
    assert "run as root" in capsys.readouterr().err


def test_without_glusterfs(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.real.prerequisites.SEARCH_PATH", "/nowhere")
    assert main(["up", str(directory)]) == 1
    assert "glusterfsd (apt install glusterfs-server)" in capsys.readouterr().err


def test_a_sample_that_fails_leaves_nothing(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(spec: VolumeSpec) -> str:
        raise OSError(f"no map of {spec.name}")

    monkeypatch.setattr("tests.real.cli.host_map", fail)
    assert main(["up", str(directory)]) == 1
    assert leftovers(directory) == []


def test_the_last_host_is_left_to_be_mapped() -> None:
    lines = host_map(replicated(2, 2, hosts=["a", "b"])).splitlines()
    assert lines[1:] == ["a disco-01"]
