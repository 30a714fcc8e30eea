"""Reading a recording: a dataset in a file, and every way in which the file can be wrong."""

import contextlib
import gzip
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster import recording_reader
from disco.dfs.gluster.errors import HostnameMapError, NoHostnameMapError, PathError, RecordingError
from disco.dfs.gluster.filters import Substring
from disco.dfs.gluster.recording import is_recording_unit, open_recording
from disco.dfs.gluster.walk import Report, walk

from .samples import (
    ODD_NAMES,
    directory_line,
    end_line,
    header_line,
    opened,
    recording_of,
    recording_text,
    tree_lines,
    web_cluster,
)

PATHS = [b"a", b"logs/2006-07-01", b"logs/2006-07-02", b"logs/old/x"]
TEXT = recording_text(tree_lines(PATHS))


def paths(recording):
    """The files of a recording, by path."""
    found = walk(recording, recording.start, Substring(b""), report=Report())
    return [os.path.join(placed.directory, name) for placed in found for name in placed.names]


def as_text(*lines):
    return b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)


def refused(text):
    """The error of a recording that cannot be read."""
    with pytest.raises(RecordingError) as caught:
        opened(text)
    return caught.value


def refused_header(**changes):
    return refused(recording_text([], **changes))


def refused_directory(**changes):
    return refused(recording_text([directory_line(b"", [b"a", b"b"], [b"logs"]) | changes]))


def test_the_files_of_a_recording_are_those_that_were_recorded():
    assert paths(opened(TEXT)) == PATHS


def test_a_compressed_recording_is_read_alike():
    assert paths(opened(gzip.compress(TEXT))) == PATHS


def test_blank_lines_are_skipped():
    assert paths(opened(TEXT.replace(b"\n", b"\n\n"))) == PATHS


def test_names_of_every_odd_kind_are_recorded():
    assert paths(recording_of(ODD_NAMES.values())) == sorted(ODD_NAMES.values())


def test_a_recording_tells_where_it_was_mounted():
    assert opened(recording_text([], mount_point={"b64": "L2lucHV0ZnP/"})).mount_point == b"/inputfs\xff"


def test_a_recording_goes_by_the_name_of_its_volume():
    assert opened(TEXT).cluster.name == "web"


def test_a_recording_tells_when_it_was_made():
    assert opened(recording_text([], recorded="2026-11-22T10:00:00+00:00")).recorded == "2026-11-22T10:00:00+00:00"


def test_a_recording_begins_where_it_was_begun():
    assert opened(recording_text([], start="logs")).start == (b"logs", None)


def test_volumes_and_groups_are_those_that_were_recorded():
    recorded = opened(TEXT).cluster
    assert (recorded.volumes, [group.volumes for group in recorded.groups]) == (web_cluster().volumes, [(0, 1), (2, 3)])


def test_a_shard_block_size_is_recorded():
    assert opened(recording_text([], shard_block_size=4 << 20)).cluster.shard_block_size == 4 << 20


def test_a_directory_that_was_not_recorded_is_gone():
    assert opened(TEXT).list_directory(b"missing", sizes=False).result().gone


def test_a_directory_that_could_not_be_read_has_its_error():
    recording = opened(recording_text([{"directory": "", "error": [13, "Permission denied"]}]))
    assert recording.list_directory(b"", sizes=False).result().error == (13, "Permission denied")


def test_other_entries_are_counted():
    assert opened(recording_text([directory_line(b"", others=3)])).list_directory(b"", sizes=False).result().others == 3


def resolved(recording, *names):
    return recording.resolve_files(b"", list(names), sizes=True).result()


def test_a_file_has_its_size():
    assert resolved(recording_of([b"a", b"bbb"]), b"a", b"bbb").sizes == [1, 3]


def test_a_file_has_its_group():
    answer = resolved(opened(recording_text([directory_line(b"", [b"a"], groups=[1])])), b"a")
    assert answer.answers[answer.placed[0]].group == 1


def test_a_file_has_the_volumes_that_lack_it():
    recording = opened(recording_text([directory_line(b"", [b"a"], groups=[1], absent={"0": [3]})]))
    answer = resolved(recording, b"a")
    assert recording.placement(answer.answers[answer.placed[0]]).usable == (2,)


def test_a_file_that_could_not_be_placed_has_its_reason():
    line = directory_line(b"", [b"a", b"b"], groups=[0, -1], failed={"1": [107, "offline"]})
    assert resolved(opened(recording_text([line])), b"a", b"b").failures == [(1, 107, "offline")]


def test_a_file_that_was_not_recorded_is_gone():
    assert resolved(recording_of([b"a"]), b"missing").placed == [-1]


def host_map(**facts):
    return opened(recording_text([], hostname_map=facts or None)).hostname_map()


def test_the_host_map_is_recorded():
    assert host_map(source="/inputfs/.hostname_map", text="nx01 n1\n").result().entries["nx01"].node == "n1"


def test_a_host_map_that_is_not_utf_8_is_recorded():
    assert list(host_map(source="map", text={"b64": "//8gbjE="}).result().entries) == ["\udcff\udcff"]


def test_no_host_map_is_an_error_of_whoever_asks():
    with pytest.raises(NoHostnameMapError):
        host_map().result()


def test_a_host_map_with_an_error_is_an_error_of_whoever_asks():
    with pytest.raises(HostnameMapError, match="map, line 1"):
        host_map(source="map", text="one-word").result()


@pytest.mark.parametrize("text", [TEXT, gzip.compress(TEXT)], ids=["plain", "compressed"])
def test_a_recording_is_known_by_its_beginning(text, tmp_path):
    (tmp_path / "r").write_bytes(text)
    assert is_recording_unit(os.fsencode(tmp_path / "r")) is True


@pytest.mark.parametrize("text", [b"", b"nx01 n1\n", b'{"a": 1}\n', b"\x1f\x8b", gzip.compress(b"x")])
def test_any_other_file_is_none(text, tmp_path):
    (tmp_path / "r").write_bytes(text)
    assert is_recording_unit(os.fsencode(tmp_path / "r")) is False


def test_a_directory_or_nothing_is_no_recording(tmp_path):
    assert not any(map(is_recording_unit, (os.fsencode(tmp_path), os.fsencode(tmp_path / "missing"))))


def test_a_file_that_cannot_be_read_is_an_error_of_its_path(tmp_path):
    with pytest.raises(PathError, match="No such file"):
        open_recording(str(tmp_path / "missing"))


def test_an_error_names_the_file_and_the_line(tmp_path):
    (tmp_path / "r").write_bytes(as_text(header_line(), b"nonsense\n"))
    with pytest.raises(RecordingError, match=f"^{tmp_path}/r, line 2: not a line of JSON"):
        open_recording(str(tmp_path / "r")).list_directory(b"", sizes=False).result()


@pytest.mark.parametrize(
    ("text", "line", "fact"),
    [
        (b"", 1, "not a recording: its first line has no 'gluster_tui_recording'"),
        (b"hello\n", 1, "not a line of JSON"),
        (b"\xff\xfe\n", 1, "not a line of JSON"),
        (b"[" * 100_000, 1, "not a line of JSON"),
        (b"[1]\n", 1, "not a JSON object"),
        (as_text({"name": "web"}), 1, "not a recording"),
        (as_text(header_line()), 0, "it is cut short after 0 directories: its line 'end' is missing"),
        (as_text(header_line(), directory_line(b"")), 0, "it is cut short after 1 directories"),
        (TEXT[:-20], 5, "not a line of JSON"),
        (as_text(header_line(), 5), 2, "not a JSON object"),
        (as_text(header_line(), {"directories": 0}), 2, "not the line of a directory ('directory' is missing)"),
        (as_text(header_line(), directory_line(b""), end_line([])), 3, "the end says"),
        (as_text(header_line(), {"end": None}), 2, "the end says None, but 0 directories and 0 files stand before it"),
        (gzip.compress(TEXT)[:-12], 0, "the compressed data is damaged or cut short"),
        (b"\x1f\x8b" + b"x" * 50, 0, "the compressed data is damaged or cut short"),
        (gzip.compress(TEXT)[:30] + b"x" * 50, 0, "the compressed data is damaged or cut short"),
    ],
)
def test_what_is_not_a_whole_recording_is_an_error_with_its_line(text, line, fact):
    error = refused(text)
    assert (error.line, error.fact[: len(fact)]) == (line, fact)


@pytest.mark.parametrize("version", [2, 0, "1", None])
def test_another_version_is_refused(version):
    assert refused_header(gluster_tui_recording=version).line == 1


def test_a_newer_version_says_what_helps():
    assert "version 2, and this program reads version 1: a newer one may read it" in str(
        refused_header(gluster_tui_recording=2)
    )


@given(st.sampled_from(sorted(header_line())), st.sampled_from([None, 5, "x", [], [5], {}, {"b64": 5}, [{}], ["x"]]))
def test_a_header_with_any_value_of_another_kind_is_read_or_refused(key, value):
    with contextlib.suppress(RecordingError):
        opened(recording_text([], **{key: value}))


# Only as far as it is asked for


def written(tmp_path, lines):
    (tmp_path / "r").write_bytes(recording_text(lines))
    return open_recording(str(tmp_path / "r"))


def listed(recording, directory):
    return recording.list_directory(directory, sizes=True).result()


def test_directories_may_be_asked_for_in_any_order(tmp_path):
    lines = tree_lines([b"a/x", b"b/y", b"c/z"])
    recording = written(tmp_path, lines)
    assert [listed(recording, path).files for path in (b"c", b"a", b"b", b"")] == [[b"z"], [b"x"], [b"y"], []]


def test_directories_may_stand_in_any_order_behind_those_that_hold_them(tmp_path):
    first, *others = tree_lines([b"a/x", b"b/y", b"c/z"])
    assert paths(written(tmp_path, [first, *reversed(others)])) == [b"a/x", b"b/y", b"c/z"]


def test_a_directory_that_vanished_while_it_was_recorded_is_gone_and_others_are_there(tmp_path):
    lines = [directory_line(b"", [], [b"a", b"b"]), directory_line(b"b", [b"y"])]
    recording = written(tmp_path, lines)
    assert (listed(recording, b"").gone, listed(recording, b"a").gone) == (False, True)
    assert listed(recording, b"b").files == [b"y"]


def test_behind_a_wrong_line_nothing_is_believed(tmp_path):
    recording = written(tmp_path, [directory_line(b"", [], [b"a"]), {"directory": "a", "files": 5}])
    listed(recording, b"")
    for path in (b"a", b"a"):
        with pytest.raises(RecordingError, match="line 3"):
            listed(recording, path)


def test_what_stands_behind_the_end_is_met_with_the_last_directory(tmp_path):
    (tmp_path / "r").write_bytes(recording_text([directory_line(b"")]) + b"{}\n")
    with pytest.raises(RecordingError, match="behind the line 'end'"):
        listed(open_recording(str(tmp_path / "r")), b"")


def test_compressed_data_that_grows_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(recording_reader, "_RATIO_FROM", 1 << 20)
    bomb = gzip.compress(as_text(header_line()) + b"\n" * (1 << 24))
    (tmp_path / "r").write_bytes(bomb)
    with pytest.raises(RecordingError, match="grows to more than 250 times its size"):
        listed(open_recording(str(tmp_path / "r")), b"")


def test_a_line_that_grows_without_end_is_refused_before_all_of_it_was_read(tmp_path, monkeypatch):
    monkeypatch.setattr(recording_reader, "_RATIO_FROM", 1 << 20)
    monkeypatch.setattr(recording_reader, "_PIECE", 1 << 18)
    monkeypatch.setattr(recording_reader, "_LONGEST_LINE", 1 << 23)
    (tmp_path / "r").write_bytes(gzip.compress(as_text(header_line()) + b" " * (1 << 24)))
    with pytest.raises(RecordingError, match="line 2: the compressed data grows to more than 250 times its size"):
        listed(open_recording(str(tmp_path / "r")), b"")


def test_a_line_of_several_pieces_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(recording_reader, "_PIECE", 16)
    (tmp_path / "r").write_bytes(recording_text([directory_line(b"", [b"a" * 40, b"b"])]))
    assert listed(open_recording(str(tmp_path / "r")), b"").files == [b"a" * 40, b"b"]


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(recording_reader, "_LONGEST_LINE", 1 << 16)
    (tmp_path / "r").write_bytes(as_text(header_line()) + b" " * (1 << 20))
    with pytest.raises(RecordingError, match="line 2: longer than 65,536 bytes"):
        listed(open_recording(str(tmp_path / "r")), b"")
