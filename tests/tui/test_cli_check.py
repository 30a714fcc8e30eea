"""``gluster-tui check``: what is wrong with a host map, without a screen."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from disco.dfs.gluster.hostmap import HostnameMap
from gluster_tui.cli import main
from gluster_tui.map_choice import MapChoice
from gluster_tui.session import open_recorded

from .driving import DEMO
from .test_cli import recording, run

__all__ = ["recording"]  # the fixture

CLEAN = "nx01 n1\nnx02 n2\nnx03 n3\nnx04 n4\n"
Written = Callable[..., str]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def document(capsys: Capture) -> Callable[..., Any]:
    """What ``check --json`` prints."""

    def checked(*words: str) -> Any:
        main(["check", *words, "--json"])
        return json.loads(capsys.readouterr().out)

    return checked


def codes(document: Any) -> list[str]:
    return [finding["code"] for finding in document["findings"]]


# How it ends


def test_a_clean_map_ends_with_0_and_says_so(recording: Written, capsys: Capture) -> None:
    assert main(["check", recording(hostmap=CLEAN)]) == 0
    assert capsys.readouterr().out.endswith("\n\nclean: no findings\n")


def test_an_error_ends_with_1(recording: Written) -> None:
    assert main(["check", recording(hostmap=CLEAN.replace("nx04 n4\n", ""))]) == 1


def test_warnings_alone_end_with_0(recording: Written, capsys: Capture) -> None:
    assert main(["check", recording(hostmap=CLEAN + "old n9\n")]) == 0
    assert capsys.readouterr().out.endswith("\n0 errors, 1 warning, 0 notes\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["/no/such/path"], "/no/such/path: No such file or directory"),
        (["/proc"], "/proc is not on GlusterFS"),
        ([DEMO, "--hostname-map", "/no/such/map"], "/no/such/map: No such file or directory"),
        ([DEMO, "--nodes", ","], "the nodes of the list given: it names none"),
        ([DEMO, "--nodes", "/proc"], "the nodes of the file /proc: Is a directory"),
        ([DEMO, "--disco-master", "nx01:8989"], "the nodes of the Disco master nx01:8989: name it as http://HOST:PORT"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(words: list[str], told: str, capsys: Capture) -> None:
    assert main(["check", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"gluster-tui: {told}")


# The table


def test_the_demo_is_checked_by_its_name() -> None:
    done = run("check", "demo")
    assert (done.returncode, done.stderr) == (1, b"")
    lines = done.stdout.decode().splitlines()
    assert lines[2] == "host map  /inputfs/.hostname_map, 5 of 6"
    assert lines[4].split() == ["severity", "place", "files", "size", "finding"]
    assert lines[5].startswith("x error   /inputfs/.hostname_map  1,170  106.3 GB  nx04-vol1 is unmapped: 1,170 files")
    assert lines[7:] == ["1 error, 0 warnings, 0 notes"]


def test_all_malformed_lines_are_told_at_once(recording: Written, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "map").write_text("nx01\n" + CLEAN + "a b c\n")
    assert main(["check", recording(), "--hostname-map", str(tmp_path / "map")]) == 1
    out = capsys.readouterr().out
    assert f"x error   {tmp_path}/map:1:5" in out
    assert f"x error   {tmp_path}/map:6:5" in out


def test_a_recorded_map_with_malformed_lines_is_told_too(recording: Written, document: Callable[..., Any]) -> None:
    assert codes(document(recording(hostmap="nx01\n" + CLEAN))) == ["malformed-line"]


def test_the_map_of_an_export_stays_strict(recording: Written, capsys: Capture) -> None:
    assert main(["export", recording(hostmap="nx01\n" + CLEAN)]) == 2
    assert "line 1: expected 'volume node', found one word" in capsys.readouterr().err


def test_without_a_map_the_way_out_is_told(recording: Written, capsys: Capture) -> None:
    assert main(["check", recording(hostmap=None)]) == 1
    assert "no host map: looked at the recording " in capsys.readouterr().out


def test_names_reach_a_terminal_without_what_it_acts_on(recording: Written, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "m\x1b[31map"
    path.write_bytes(b"nx\x1b]0;owned\x07 n1\n\xff\xe2\x80\xae n\xe2\x80\xae\nnx01 n1\n")
    main(["check", recording(), "--hostname-map", str(path), "--nodes", "n\u202e1"])
    assert capsys.readouterr().out.replace("\n", "").isprintable()


def test_what_cannot_be_resolved_is_told_and_not_counted(recording: Written, capsys: Capture) -> None:
    change = {"genomes": {"error": [13, "Permission denied"]}}
    assert main(["check", recording(hostmap=CLEAN, change=change)]) == 0
    assert capsys.readouterr().err == (
        "gluster-tui: 1 could not be resolved, and are not counted:\n  /inputfs/genomes: Permission denied\n"
    )


def test_a_map_that_others_may_write_is_told(recording: Written, tmp_path: Path, document: Callable[..., Any]) -> None:
    (tmp_path / "map").write_text(CLEAN)
    (tmp_path / "map").chmod(0o666)
    assert codes(document(recording(), "--hostname-map", str(tmp_path / "map"))) == ["writable-map"]


# The nodes


def test_nodes_are_a_list(recording: Written, document: Callable[..., Any]) -> None:
    told = document(recording(hostmap=CLEAN), "--nodes", "n1,n2,n3")
    assert [(finding["code"], finding["node"]) for finding in told["findings"]] == [("unknown-node", "n4")]


def test_nodes_are_a_file_and_the_table_says_so(recording: Written, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "nodes").write_text("# all\nn1\nn2 8 cores\nn3\nn4\n")
    assert main(["check", recording(hostmap=CLEAN), "--nodes", str(tmp_path / "nodes")]) == 0
    assert f"\nnodes     4 of the file {tmp_path}/nodes\n" in capsys.readouterr().out


def test_nodes_are_asked_of_a_disco_master(recording: Written, document: Callable[..., Any]) -> None:
    class Master(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"n1": {}, "n2": {}, "n3": {}, "n4": {}}')

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Master) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        told = document(recording(hostmap=CLEAN), "--disco-master", url)
        thread.join()
    assert (told["nodes"]["names"], told["findings"]) == (["n1", "n2", "n3", "n4"], [])


# For scripts


def test_the_document_tells_each_finding_with_its_place_and_what_it_costs(document: Callable[..., Any]) -> None:
    told = document(DEMO)
    (finding,) = told["findings"]
    assert finding == {
        "severity": "error",
        "code": "unmapped-volume",
        "words": "nx04-vol1 is unmapped: 1,170 files lose locality",
        "source": "/inputfs/.hostname_map",
        "line": None,
        "column": None,
        "name": None,
        "volumes": ["nx04-vol1"],
        "node": "nx04",
        "files": 1170,
        "bytes": 106270579515,
        "near": [],
    }
    assert told["counts"] == {"error": 1, "warning": 0, "note": 0}


def test_the_document_tells_each_volume(document: Callable[..., Any]) -> None:
    rows = {row["volume"]: row for row in document(DEMO)["volumes"]}
    assert len(rows) == 6
    assert (rows["nx03-vol1"]["matched"], rows["nx03-vol1"]["node"]) == ("host", "disco-03")
    assert rows["nx03-vol1"]["entry"] == {"name": "nx03", "source": "/inputfs/.hostname_map", "line": 4}
    assert rows["nx04-vol1"]["entry"] is None


def test_the_document_suggests(document: Callable[..., Any]) -> None:
    (suggestion,) = document(DEMO)["suggestions"]
    assert (suggestion["volume"], suggestion["node"], suggestion["ground"]) == ("nx04-vol1", "disco-04", "pattern")


def test_the_document_tells_what_it_was_made_of(recording: Written, document: Callable[..., Any]) -> None:
    told = document(recording(hostmap=None))
    assert (told["gluster_tui_check"], told["files"], told["host_map"], told["nodes"]) == (1, 21, None, None)
    assert told["inputfs"] == {"mount_point": "/inputfs", "name": "web"}


def test_names_that_are_not_utf_8_are_kept_in_the_document(recording: Written, tmp_path: Path) -> None:
    (tmp_path / "map").write_bytes(CLEAN.encode() + b"v\xff n\xff\n")
    done = run("check", recording(), "--hostname-map", str(tmp_path / "map"), "--json")
    assert json.loads(done.stdout)["findings"][0]["name"] == "v\udcff"


# A map to begin with


def test_a_proposed_map_keeps_what_there_is_and_misses_nothing(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["check", DEMO, "--suggest"]) == 0
    out, err = capfdbinary.readouterr()
    session = open_recorded(DEMO, MapChoice())
    assert (out, err) == (session.hostmap.text + b"nx04-vol1 disco-04\n", b"")


def test_from_nothing_a_proposed_map_has_an_entry_a_volume(recording: Written) -> None:
    done = run("check", recording(hostmap=None), "--suggest")
    assert (done.returncode, done.stderr) == (0, b"")
    proposed = HostnameMap.from_text(done.stdout, "proposed")
    assert {name: entry.node for name, entry in proposed.entries.items()} == {
        f"nx0{number}-vol1": f"nx0{number}" for number in (1, 2, 3, 4)
    }


def test_a_proposed_map_takes_known_nodes(recording: Written) -> None:
    nodes = ",".join(f"nx0{number}.example.com" for number in (1, 2, 3, 4))
    done = run("check", recording(hostmap=None), "--suggest", "--nodes", nodes)
    assert done.stdout.splitlines()[0] == b"nx01-vol1 nx01.example.com"


def test_a_proposed_map_that_still_has_errors_ends_with_1(recording: Written) -> None:
    assert run("check", recording(hostmap=None), "--suggest", "--nodes", "other").returncode == 1
