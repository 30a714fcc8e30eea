"""``gluster-tui export``: lists without a screen, and when it refuses to write one."""

from __future__ import annotations

import gzip
import json
import os
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from disco.dfs.gluster.filters import Regex, Substring, compile_regex
from disco.dfs.gluster.recording import open_recording
from gluster_tui.cli import main
from gluster_tui.map_choice import MapChoice
from gluster_tui.session import open_recorded
from tests.bench.made_up import write_recording

from .driving import DEMO, list_of, names_in
from .sources import FILES
from .test_cli import SCRIPT, SECONDS, recording, run

__all__ = ["recording"]  # the fixture

FORMATS = ("json", "lines", "csv")
FAULTY = {"genomes": {"failed": {"1": [107, "Transport endpoint is not connected"]}, "groups": [1, -1, 1]}}
UNREADABLE = {"genomes": {"error": [13, "Permission denied"]}}
Written = Callable[..., str]
Capture = pytest.CaptureFixture[str]


def demo_list(format: str, keep: Substring | Regex | None = None) -> bytes:
    return list_of(open_recorded(DEMO, MapChoice()), format, keep)


@pytest.mark.parametrize("format", FORMATS)
def test_the_list_goes_to_standard_output_as_the_core_writes_it(format: str) -> None:
    done = run("export", DEMO, "--format", format)
    assert done.returncode == 0
    assert done.stdout == demo_list(format)


@pytest.mark.parametrize("format", FORMATS)
def test_the_list_goes_to_a_file_as_the_core_writes_it(format: str, tmp_path: Path, capsys: Capture) -> None:
    assert main(["export", DEMO, "--format", format, "-o", str(tmp_path / "list")]) == 0
    assert (tmp_path / "list").read_bytes() == demo_list(format)
    assert capsys.readouterr().out == ""
    assert names_in(tmp_path) == ["list"]


def test_a_filter_keeps_files_by_a_part_of_their_path(tmp_path: Path) -> None:
    assert main(["export", DEMO, "--filter", "/inputfs/genomes/hg18", "-o", str(tmp_path / "list")]) == 0
    written = (tmp_path / "list").read_bytes()
    assert written == demo_list("json", Substring(b"/inputfs/genomes/hg18"))
    assert len(json.loads(written)) == 24


def test_an_expression_keeps_files_by_their_name(tmp_path: Path) -> None:
    assert main(["export", DEMO, "--regex", r"chr\d", "-o", str(tmp_path / "list")]) == 0
    assert (tmp_path / "list").read_bytes() == demo_list("json", compile_regex(r"chr\d"))


def test_an_expression_that_does_not_compile_ends_with_2(capsys: Capture) -> None:
    assert main(["export", DEMO, "--regex", "("]) == 2
    assert capsys.readouterr().err == (
        "gluster-tui: --regex: bad expression '(': missing ), unterminated subpattern at position 0\n"
    )


def test_warnings_go_to_standard_error_although_it_is_no_terminal() -> None:
    done = run("export", DEMO)
    assert done.stderr.startswith(b"gluster-tui: nx04-vol1 is unmapped: ")
    assert done.stderr.endswith(b" files lose locality\n")
    assert done.stderr.count(b"\n") == 1


def test_a_filter_that_keeps_nothing_gives_an_empty_list_and_says_so(capsys: Capture, tmp_path: Path) -> None:
    assert main(["export", DEMO, "--filter", "no such file", "-o", str(tmp_path / "list")]) == 0
    assert json.loads((tmp_path / "list").read_bytes()) == []
    assert capsys.readouterr().err == "gluster-tui: no file matches: the list is empty\n"


def test_files_on_unmapped_volumes_can_be_refused(capsys: Capture, tmp_path: Path) -> None:
    assert main(["export", DEMO, "--on-unmapped", "fail", "-o", str(tmp_path / "list")]) == 3
    assert "refused, no node is known for: nx04-vol1 (" in capsys.readouterr().err
    assert names_in(tmp_path) == []


def test_a_refused_list_leaves_standard_output_empty() -> None:
    done = run("export", DEMO, "--on-unmapped", "fail")
    assert (done.returncode, done.stdout) == (3, b"")


@pytest.mark.parametrize("change", [FAULTY, UNREADABLE], ids=["file", "directory"])
def test_what_cannot_be_resolved_fails_the_export_with_its_list(
    change: dict[str, dict[str, object]], recording: Written, capsys: Capture, tmp_path: Path
) -> None:
    assert main(["export", recording(change=change), "-o", str(tmp_path / "list")]) == 1
    words = capsys.readouterr().err
    assert (
        "1 could not be resolved, nothing was written (--on-error skip leaves them out):\n  /inputfs/genomes" in words
    )
    assert names_in(tmp_path) == ["recording.jsonl"]


def test_what_cannot_be_resolved_can_be_left_out_and_is_still_told(
    recording: Written, capsys: Capture, tmp_path: Path
) -> None:
    assert main(["export", recording(change=FAULTY), "--on-error", "skip", "-o", str(tmp_path / "list")]) == 1
    assert len(json.loads((tmp_path / "list").read_bytes())) == len(FILES) - 1
    assert "1 could not be resolved, left out; 20 files were written:" in capsys.readouterr().err


def test_a_failed_list_leaves_standard_output_empty(recording: Written) -> None:
    done = run("export", recording(change=FAULTY))
    assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.parametrize(("option", "tail"), [([], b"/two words"), (["--percent-encode"], b"/two%20words")])
def test_addresses_can_be_percent_encoded(option: list[str], tail: bytes, recording: Written, tmp_path: Path) -> None:
    main(["export", recording([b"two words"]), "--format", "lines", "-o", str(tmp_path / "list"), *option])
    assert (tmp_path / "list").read_bytes().split(b"\t")[0].endswith(tail)


def test_names_at_which_disco_splits_are_warned_of(recording: Written, capsys: Capture, tmp_path: Path) -> None:
    main(["export", recording([b"two words"]), "--format", "lines", "-o", str(tmp_path / "list")])
    assert "1 name holds spaces, at which 'disco run' splits" in capsys.readouterr().err


@pytest.mark.parametrize("format", FORMATS)
def test_names_are_exported_byte_for_byte(format: str, recording: Written, tmp_path: Path) -> None:
    names = [b"\xff\xfe", b"[@click=app.bell]x", b"\x1b[31m", "日本".encode()]
    path = recording(names, hostmap=None)
    assert main(["export", path, "--format", format, "--no-hostname-map", "-o", str(tmp_path / "list")]) == 0
    written = (tmp_path / "list").read_bytes()
    if format == "json":
        tails = {os.fsencode(addresses[0].split("/", 3)[3]) for addresses in json.loads(written)}
        assert tails == set(names)
    else:
        assert all(b"/" + name in written for name in names)


def test_a_name_that_the_format_cannot_carry_ends_with_2(recording: Written, capsys: Capture, tmp_path: Path) -> None:
    assert main(["export", recording([b"two\nlines"]), "--format", "lines", "-o", str(tmp_path / "list")]) == 2
    assert "holds a newline, which the format 'lines' cannot carry" in capsys.readouterr().err
    assert names_in(tmp_path) == ["recording.jsonl"]


def test_an_existing_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "list"
    target.write_text("old")
    target.chmod(0o640)
    assert main(["export", DEMO, "-o", str(target)]) == 0
    assert target.read_bytes() == demo_list("json")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_file_that_cannot_be_written_ends_with_2(tmp_path: Path, capsys: Capture) -> None:
    assert main(["export", DEMO, "-o", str(tmp_path / "no" / "list")]) == 2
    assert f"cannot write {tmp_path}/no/list: the directory {tmp_path}/no does not exist" in capsys.readouterr().err


def test_a_dash_is_standard_output() -> None:
    assert run("export", DEMO, "--filter", "hg18", "-o", "-").stdout == demo_list("json", Substring(b"hg18"))


def test_without_a_host_map_the_two_ways_on_are_named(recording: Written, capsys: Capture) -> None:
    assert main(["export", recording(hostmap=None)]) == 2
    words = capsys.readouterr().err
    assert words.startswith("gluster-tui: no host map: ")
    assert "--hostname-map FILE" in words
    assert "--no-hostname-map" in words


def test_a_host_map_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "map").write_text("".join(f"nx{number:02} node-{number}\n" for number in range(1, 7)))
    assert main(["export", DEMO, "--hostname-map", str(tmp_path / "map"), "-o", str(tmp_path / "list")]) == 0
    nodes = {a.split("/")[2] for addresses in json.loads((tmp_path / "list").read_bytes()) for a in addresses}
    assert nodes == {"node-1", "node-2", "node-3", "node-4", "node-6"}


def test_a_host_map_that_cannot_be_read_ends_with_2(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "map").write_text("nx01 one two\n")
    assert main(["export", DEMO, "--hostname-map", str(tmp_path / "map")]) == 2
    assert capsys.readouterr().err == f"gluster-tui: {tmp_path}/map, line 1: expected 'volume node', found 3 words\n"


def test_progress_is_shown_on_a_terminal_only() -> None:
    """On a terminal the line is taken away again, in a pipe there is none."""
    assert b"\r" not in run("export", DEMO).stderr


def test_a_recording_can_be_recorded_again(recording: Written, tmp_path: Path, capsys: Capture) -> None:
    first, second = recording(), tmp_path / "second.jsonl.gz"
    assert main(["record", first, "-o", str(second)]) == 0
    assert "recorded 21 files in 5 directories to" in capsys.readouterr().err
    assert gzip.decompress(second.read_bytes()).startswith(b'{"gluster_tui_recording"')
    assert list_of(open_recorded(str(second), MapChoice())) == list_of(open_recorded(first, MapChoice()))
    assert open_recording(str(second)).mount_point == b"/inputfs"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording that takes a while to export."""
    path = tmp_path_factory.mktemp("large") / "large.jsonl"
    write_recording(1_000_000, path)
    return path


def test_an_export_that_is_interrupted_leaves_nothing(large: Path, tmp_path: Path) -> None:
    """SIGINT, as Ctrl-C sends it, while the list is being written into a pipe that nobody reads."""
    with subprocess.Popen([SCRIPT, "export", large], stdout=subprocess.PIPE, cwd=tmp_path) as program:
        assert program.stdout is not None
        program.stdout.read(1)
        program.send_signal(2)
        program.stdout.close()
        assert program.wait(SECONDS) in (130, 141)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_to_end_leaves_nothing_half_written(number: signal.Signals, large: Path, tmp_path: Path) -> None:
    target = tmp_path / "list.json"
    program = subprocess.Popen([SCRIPT, "export", large, "-o", target], stderr=subprocess.DEVNULL)
    while not any(target.parent.iterdir()):
        assert program.poll() is None, "it has begun to write"
    program.send_signal(number)
    assert (program.wait(60), list(target.parent.iterdir())) == (128 + number, [])
