"""`gluster-tui export` on a real mount, by the installed script: the lists, the warnings, the exit codes."""

import csv
import io
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from disco.dfs.gluster import files

from .running import PROGRAM, environment, gluster_tui
from .specs import replicated
from .trees import NAMES
from .volume import RealVolume

HOST_MAP = "nx01 disco-01\nnx02-vol1 disco-02\nnx03 disco-03\n"
UNMAPPED = 3  # nx04-vol1


@pytest.fixture(scope="module")
def mount() -> Iterator[Path]:
    """Some tame files, a file for each hard name, and a host map that misses one volume."""
    with RealVolume(replicated(2, 2)) as volume:
        point = volume.mountpoint
        (point / ".hostname_map").write_text(HOST_MAP)
        for place, names in (("logs", [b"2006-0%d" % month for month in range(1, 10)]), ("hostile", NAMES.values())):
            (point / place).mkdir()
            for size, name in enumerate(names):
                with open(os.path.join(os.fsencode(point), place.encode(), name), "xb") as file:
                    file.write(b"x" * size)
        (point / "broken").mkdir()
        (point / "broken" / "good").touch()
        (point / "broken" / "bad").symlink_to("/etc/passwd")
        yield point


def on_the_unmapped(addresses: list[list[str]]) -> int:
    """How many files have a replica there."""
    return sum(any(address.startswith("dfs://nx04/") for address in replicas) for replicas in addresses)


def in_bytes(addresses: list[list[str]]) -> list[list[bytes]]:
    """The addresses as bytes."""
    return [[os.fsencode(address) for address in replicas] for replicas in addresses]


def rows(text: bytes) -> list[dict[str, str]]:
    """The rows of a csv file; bytes that are not UTF-8 as surrogate escapes."""
    return list(csv.DictReader(io.StringIO(text.decode("utf-8", "surrogateescape"), newline="")))


# The same list as files() returns


def test_json_is_what_files_returns(mount: Path) -> None:
    for place in ("logs", "hostile"):
        assert json.loads(gluster_tui("export", mount / place).stdout) == files(str(mount / place))


def test_json_is_the_default(mount: Path) -> None:
    assert (
        gluster_tui("export", mount / "logs", "--format", "json").stdout == gluster_tui("export", mount / "logs").stdout
    )


def test_lines_hold_the_addresses_that_files_returns(mount: Path) -> None:
    text = gluster_tui("export", mount / "logs", "--format", "lines").stdout
    assert [line.split(b"\t") for line in text.splitlines()] == in_bytes(files(str(mount / "logs")))


def test_lines_of_encoded_addresses_carry_every_name(mount: Path) -> None:
    text = gluster_tui("export", mount / "hostile", "--format", "lines", "--percent-encode").stdout
    found = [[unquote_to_bytes(address) for address in line.split(b"\t")] for line in text.splitlines()]
    assert found == in_bytes(files(str(mount / "hostile")))


def test_encoded_lines_are_plain_ascii_without_white_space(mount: Path) -> None:
    text = gluster_tui("export", mount / "hostile", "--format", "lines", "--percent-encode").stdout
    assert re.fullmatch(rb"(?:[!-~]+\t[!-~]+\n)+", text)


def test_csv_has_a_row_for_each_address_that_files_returns(mount: Path) -> None:
    found = [row["address"] for row in rows(gluster_tui("export", mount / "hostile", "--format", "csv").stdout)]
    assert found == [address for replicas in files(str(mount / "hostile")) for address in replicas]


def test_csv_tells_path_size_replica_volume_host_brick_and_node(mount: Path) -> None:
    for row in rows(gluster_tui("export", mount / "hostile", "--format", "csv").stdout):
        path = os.path.join(os.fsencode(mount), os.fsencode(row["path"]))
        number = int(row["host"].removeprefix("nx"))
        assert os.stat(path).st_size == int(row["size"])
        assert os.path.lexists(os.path.join(os.fsencode(row["brick"]), os.fsencode(row["path"])))
        assert row["volume"] == f"nx{number:02}-vol1"
        assert row["node"] == (f"disco-{number:02}" if number < 4 else "nx04")
        assert row["address"] == f"dfs://{row['node']}/{row['path']}"
        assert int(row["replica"]) == (number - 1) % 2 + 1


@pytest.mark.parametrize("format", ["json", "csv", "lines"])
def test_a_file_holds_what_standard_output_would(format: str, mount: Path, tmp_path: Path) -> None:
    target = tmp_path / "list"
    done = gluster_tui("export", mount / "logs", "--format", format, "-o", target)
    assert (done.returncode, done.stdout) == (0, b"")
    assert target.read_bytes() == gluster_tui("export", mount / "logs", "--format", format).stdout
    assert os.listdir(tmp_path) == ["list"]


# What is exported


def test_a_filter_narrows_the_list(mount: Path) -> None:
    found = json.loads(gluster_tui("export", mount, "--filter", "logs/2006-07").stdout)
    assert found == files(str(mount / "logs"), "2006-07") != []


def test_an_expression_narrows_the_list(mount: Path) -> None:
    found = json.loads(gluster_tui("export", mount / "logs", "--regex", r".*-0[12]$").stdout)
    assert found == files(str(mount / "logs"), re.compile(r".*-0[12]$")) != []


def test_without_a_host_map_hosts_are_used(mount: Path) -> None:
    done = gluster_tui("export", mount / "logs", "--no-hostname-map")
    assert (json.loads(done.stdout), done.stderr) == (files(str(mount / "logs"), None, {}), b"")


def test_another_host_map_can_be_named(mount: Path, tmp_path: Path) -> None:
    (tmp_path / "map").write_text("".join(f"nx0{n} node{n}\n" for n in range(1, 5)))
    done = gluster_tui("export", mount / "logs", "--hostname-map", tmp_path / "map")
    nodes = {f"nx0{n}": f"node{n}" for n in range(1, 5)}
    assert (json.loads(done.stdout), done.stderr) == (files(str(mount / "logs"), None, nodes), b"")


def test_the_variable_names_a_host_map(mount: Path, tmp_path: Path) -> None:
    (tmp_path / "map").write_text("nx04 disco-04\n")
    done = gluster_tui("export", mount / "logs", env={"DISCO_HOSTNAME_MAP": str(tmp_path / "map")})
    assert json.loads(done.stdout) == files(str(mount / "logs"), None, {"nx04": "disco-04"})


# Warnings and refusals


def test_unmapped_volumes_are_told_with_the_number_of_their_files(mount: Path) -> None:
    count = on_the_unmapped(files(str(mount / "logs")))
    assert gluster_tui("export", mount / "logs").stderr == (
        b"gluster-tui: nx04-vol1 is unmapped: %d files lose locality\n" % count
    )


def test_unmapped_volumes_are_no_failure(mount: Path) -> None:
    assert gluster_tui("export", mount / "logs").returncode == 0


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A list of before."""
    (tmp_path / "list").write_text("old")
    return tmp_path / "list"


def test_unmapped_volumes_can_be_refused(mount: Path, old: Path) -> None:
    done = gluster_tui("export", mount / "logs", "--on-unmapped", "fail", "-o", old)
    count = on_the_unmapped(files(str(mount / "logs")))
    assert done.returncode == 3
    assert done.stderr == (
        b"gluster-tui: refused, no node is known for: nx04-vol1 (%d files). Nothing was written.\n" % count
    )
    assert (old.read_text(), os.listdir(old.parent)) == ("old", ["list"])


def test_what_is_refused_is_not_begun_on_standard_output(mount: Path) -> None:
    assert gluster_tui("export", mount / "logs", "--on-unmapped", "fail").stdout == b""


def test_files_that_fail_fail_the_export(mount: Path, old: Path) -> None:
    done = gluster_tui("export", mount / "broken", "-o", old)
    assert done.returncode == 1
    assert b"1 could not be resolved, nothing was written" in done.stderr
    assert os.fsencode(mount / "broken" / "bad") + b": not on this inputfs" in done.stderr
    assert (old.read_text(), os.listdir(old.parent)) == ("old", ["list"])


def test_files_that_fail_leave_standard_output_empty(mount: Path) -> None:
    assert gluster_tui("export", mount / "broken").stdout == b""


def test_files_that_fail_can_be_left_out(mount: Path) -> None:
    done = gluster_tui("export", mount / "broken", "--on-error", "skip")
    assert (done.returncode, json.loads(done.stdout)) == (1, files(str(mount / "broken" / "good")))
    assert b"left out; 1 files were written" in done.stderr


def test_a_name_that_lines_cannot_carry_is_an_error_that_names_it(mount: Path, old: Path) -> None:
    done = gluster_tui("export", mount / "hostile", "--filter", "a\nb", "--format", "lines", "-o", old)
    assert (done.returncode, old.read_text(), os.listdir(old.parent)) == (2, "old", ["list"])
    assert re.search(rb"/hostile/a\\nb: holds a newline.* Nothing was written\.$", done.stderr)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with little room."""
    (tmp_path / "full").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", tmp_path / "full"], check=True)
    yield tmp_path / "full"
    subprocess.run(["umount", tmp_path / "full"], check=True)


def test_a_full_disk_leaves_no_half_list(mount: Path, full_disk: Path) -> None:
    done = gluster_tui("export", mount / "hostile", "--format", "csv", "-o", full_disk / "list")
    assert (done.returncode, os.listdir(full_disk)) == (2, [])
    assert b"No space left on device" in done.stderr


BAD = {
    "a path that does not exist": (["MOUNT/missing"], rb"/missing: No such file or directory"),
    "a path on another file system": (["/proc"], rb"/proc is not on GlusterFS: it is on proc"),
    "a bad expression": (["MOUNT", "--regex", "("], rb"bad expression '\(': .* at position 0"),
    "a host map that does not exist": (["MOUNT", "--hostname-map", "/missing"], rb"/missing: No such file"),
    "a host map that is none": (["MOUNT", "--hostname-map", "/etc/os-release"], rb"/etc/os-release, line 1: "),
    "a target in no directory": (["MOUNT", "-o", "/missing/list"], rb"cannot write /missing/list: .* does not exist"),
    "no path": ([], rb"the following arguments are required: PATH"),
    "two filters": (["MOUNT", "--filter", "a", "--regex", "b"], rb"not allowed with argument"),
}


@pytest.mark.parametrize("fault", BAD)
def test_bad_input_is_a_sentence(fault: str, mount: Path) -> None:
    arguments, words = BAD[fault]
    done = gluster_tui("export", *(argument.replace("MOUNT", str(mount)) for argument in arguments))
    assert (done.returncode, done.stdout) == (2, b"")
    assert re.search(words, done.stderr)
    assert b"Traceback" not in done.stderr


def test_a_reader_that_leaves_ends_it_without_a_traceback(mount: Path) -> None:
    words = f"set -o pipefail; '{PROGRAM}' export '{mount}' --on-error skip --format csv | true"
    done = subprocess.run(["bash", "-c", words], capture_output=True, check=False, env=environment())
    assert done.returncode in (0, 1, 141)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["export", "record"])
@pytest.mark.parametrize("below", ["", "logs"])
def test_what_is_written_may_not_lie_in_what_is_read(command: str, below: str, mount: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(mount / below)
    done = gluster_tui(command, mount, "-o", tmp_path / "link" / "new.json")
    assert done.returncode == 2
    assert f"it lies in {mount}" in done.stderr.decode()
    assert not (mount / below / "new.json").exists()


def test_what_is_written_may_lie_elsewhere_on_the_mount(mount: Path) -> None:
    done = gluster_tui("export", mount / "logs", "-o", mount / "list.json")
    (mount / "list.json").unlink()
    assert done.returncode == 0
