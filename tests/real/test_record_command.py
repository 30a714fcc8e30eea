"""What else the installed script does without a screen: recordings of a mount, and its facts as plain tables."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from disco.dfs.gluster import files

from .conftest import MakeVolume
from .running import PROGRAM, environment, gluster_tui
from .specs import dispersed, replicated
from .test_shapes import at_addresses, fill
from .trees import Tree, hostile_tree
from .volume import RealVolume

HOST_MAP = "nx01 disco-01\nnx02-vol1 disco-02\nnx03 disco-03\n"


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    """A tree of hard names, with a host map that misses a volume."""
    with RealVolume(replicated(2, 2)) as volume:
        (volume.mountpoint / ".hostname_map").write_text(HOST_MAP)
        (volume.mountpoint / "t").mkdir()
        yield hostile_tree(volume, os.fsencode(volume.mountpoint / "t"))


@pytest.fixture(scope="module")
def recording(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of it."""
    path: Path = tmp_path_factory.mktemp("recording") / "tree.jsonl"
    assert gluster_tui("record", tree.root, "-o", path).returncode == 0
    return path


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--format", "json"], id="json"),
        pytest.param(["--format", "csv"], id="csv"),
        pytest.param(["--format", "lines", "--percent-encode"], id="encoded lines"),
        pytest.param(["--no-hostname-map"], id="without a host map"),
        pytest.param(["--filter", "links/"], id="filtered"),
        pytest.param(["--regex", "[a-m].*"], id="by an expression"),
    ],
)
def test_the_export_of_a_recording_is_that_of_the_mount(options: list[str], tree: Tree, recording: Path) -> None:
    of_recording, of_mount = gluster_tui("export", recording, *options), gluster_tui("export", tree.root, *options)
    assert (of_recording.stdout, of_recording.stderr) == (of_mount.stdout, of_mount.stderr)
    assert of_mount.stdout.startswith((b"[", b"path,", b"dfs://"))


def test_a_compressed_recording_exports_as_a_plain_one(tree: Tree, recording: Path, tmp_path: Path) -> None:
    gluster_tui("record", tree.root, "-o", tmp_path / "tree.jsonl.gz")
    assert (tmp_path / "tree.jsonl.gz").stat().st_size < recording.stat().st_size / 2
    plain, packed = (gluster_tui("export", path).stdout for path in (recording, tmp_path / "tree.jsonl.gz"))
    assert packed == plain


def test_recording_says_how_much_it_recorded(tree: Tree, tmp_path: Path) -> None:
    done = gluster_tui("record", tree.root, "-o", tmp_path / "r.jsonl")
    count = len(files(tree.root))
    assert (done.stdout, done.returncode) == (b"", 0)
    assert done.stderr.startswith(b"gluster-tui: recorded %d files in " % count)


def test_a_recording_of_a_dispersed_volume_exports_as_the_mount_does(make_volume: MakeVolume, tmp_path: Path) -> None:
    volume = make_volume(at_addresses(dispersed(2, 2, 1)))
    fill(volume.mountpoint, 6)
    gluster_tui("record", volume.mountpoint, "-o", tmp_path / "r.jsonl")
    options = ["--no-hostname-map", "--format", "csv"]
    of_recording = gluster_tui("export", tmp_path / "r.jsonl", *options)
    assert of_recording.stdout == gluster_tui("export", volume.mountpoint, *options).stdout


def test_a_recording_of_what_is_degraded_exports_as_the_mount_does(make_volume: MakeVolume, tmp_path: Path) -> None:
    volume = make_volume(replicated(2, 2, one_process=False))
    fill(volume.mountpoint)
    volume.stop_brick(1)
    gluster_tui("record", volume.mountpoint, "-o", tmp_path / "r.jsonl")
    of_recording = gluster_tui("export", tmp_path / "r.jsonl", "--no-hostname-map")
    assert of_recording.stdout == gluster_tui("export", volume.mountpoint, "--no-hostname-map").stdout


def test_a_recording_of_failures_exports_as_failures(make_volume: MakeVolume, tmp_path: Path) -> None:
    volume = make_volume(replicated(1, 2))
    fill(volume.mountpoint, 2)
    (volume.mountpoint / "bad").symlink_to("/etc/passwd")
    recorded = gluster_tui("record", volume.mountpoint, "-o", tmp_path / "r.jsonl")
    exported = gluster_tui("export", tmp_path / "r.jsonl", "--no-hostname-map")
    assert (recorded.returncode, exported.returncode, exported.stdout) == (1, 1, b"")
    assert b"/bad: not on this inputfs" in exported.stderr


# Plain tables


def piped(path: Path | bytes) -> subprocess.CompletedProcess[bytes]:
    """`gluster-tui PATH | cat`."""
    command = ["bash", "-o", "pipefail", "-c", '"$0" "$1" | cat', PROGRAM, path]
    return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL, env=environment())


@pytest.fixture(scope="module")
def table(tree: Tree) -> str:
    """What the pipe gets for the tree."""
    done = piped(tree.root)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_the_tables_tell_the_inputfs_and_its_host_map(table: str, tree: Tree) -> None:
    point = tree.volume.mountpoint
    assert f"inputfs   {point}\n" in table
    assert "volume    web: 2x2 replicate, 4 volumes\n" in table
    assert f"host map  {point}/.hostname_map, 3 of 4\n" in table


def test_the_tables_tell_every_volume(table: str, tree: Tree) -> None:
    rows = [line.split() for line in table.splitlines() if line.startswith("nx")]
    nodes = ["disco-01", "disco-02", "disco-03", "nx04"]
    by = [["line", "1"], ["line", "2"], ["line", "3"], ["unmapped"]]
    assert rows == [
        [b.volume, b.host, directory, f"web-replicate-{number // 2}", "online", nodes[number], *by[number]]
        for number, (b, directory) in enumerate(
            zip(tree.volume.spec.bricks, tree.volume.brick_directories, strict=True)
        )
    ]


def test_the_tables_tell_what_is_unmapped(table: str) -> None:
    assert "\n! unmapped: nx04-vol1\n" in table


def test_the_tables_tell_the_first_files_with_their_addresses(tree: Tree) -> None:
    text = piped(tree.path(b"hard")).stdout.decode()
    assert all(" ".join(replicas) in text for replicas in files(tree.path(b"hard")))


def test_no_name_reaches_a_terminal_raw(tree: Tree) -> None:
    assert not set(piped(tree.path(b"files")).stdout) & ({*range(32), 127, *range(128, 160)} - {ord("\n")})
