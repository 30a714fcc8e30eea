"""A recording that somebody wrote or edited by hand: what it claims is not believed."""

import contextlib
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.errors import RecordingError

from .samples import directory_line, header_line, opened, recording_text, tree_lines

TEXT = recording_text(tree_lines([b"a", b"logs/b", b"logs/\xff"]))
HUGE = float("inf")


def refused(text):
    """The line and the error of a recording that cannot be read."""
    with pytest.raises(RecordingError) as caught:
        opened(text)
    return caught.value


def volume(**changes):
    return {"name": "v", "host": "h", "brick": "/b", "configured_host": "h", "group": 0} | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"mount_point": None},
        {"mount_point": "/a/../b"},
        {"mount_point": "/a\0"},
        {"mount_point": "relative"},
        {"mount_point": {"b64": "!"}},
        {"start": "../etc"},
        {"start": "/etc"},
        {"groups": None},
        {"groups": [{"name": "g", "kind": "striped"}]},
        {"groups": [{"name": "g", "kind": "disperse", "redundancy": HUGE}]},
        {"groups": [{"name": "g", "kind": "disperse", "redundancy": "x"}]},
        {"volumes": None},
        {"volumes": [{"name": "v"}]},
        {"volumes": [volume(group=7)]},
        {"volumes": [volume(group=-1)]},
        {"volumes": [volume(group="0")]},
        {"hostname_map": "x"},
        {"hostname_map": {"text": "a n"}},
        {"hostname_map": {"source": "map"}},
        {"hostname_map": {"source": "map", "text": "\ud800"}},
        {"hostname_map": {"source": 5, "text": ""}},
        {"shard_block_size": "4MB"},
        {"shard_block_size": HUGE},
    ],
    ids=str,
)
def test_a_header_that_makes_no_sense_is_refused(changes):
    assert refused(recording_text([], **changes)).line == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"directory": None},
        {"directory": "../etc"},
        {"directory": "a/../b"},
        {"directory": "/etc"},
        {"directory": "a//b"},
        {"directory": "./a"},
        {"directory": "a\0"},
        {"directory": {"b64": "Li4v"}},
        {"directory": "\ud800"},
        {"directories": None},
        {"directories": [5]},
        {"directories": [""]},
        {"directories": ["."]},
        {"directories": [".."]},
        {"directories": ["/"]},
        {"directories": ["a/b"]},
        {"directories": ["d", "d"]},
        {"directories": ["d", "c"]},
        {"files": ["a"]},
        {"files": ["a", ""]},
        {"files": ["a", ".."]},
        {"files": ["a", "x/y"]},
        {"files": ["a", "/etc/passwd"]},
        {"files": ["a", "a"]},
        {"files": ["b", "a"]},
        {"files": ["a", {"b64": "/w=="}, "c"]},
        {"files": ["a", {"b64": "%%"}]},
        {"files": ["a", {"base64": "/w=="}]},
        {"sizes": [1]},
        {"sizes": [1, None]},
        {"sizes": [1, "x"]},
        {"sizes": [1, HUGE]},
        {"sizes": [1, 1 << 63]},
        {"sizes": [1, -2]},
        {"groups": [0]},
        {"groups": [0, 2]},
        {"groups": [0, -2]},
        {"groups": [0, 0.5]},
        {"groups": [0, None]},
        {"absent": []},
        {"absent": {"x": [0]}},
        {"absent": {"0": 5}},
        {"absent": {"0": [HUGE]}},
        {"failed": {"0": "x"}},
        {"failed": {"0": [HUGE, "words"]}},
        {"others": "x"},
        {"others": HUGE},
        {"others": -1},
        {"error": None},
        {"error": [13]},
        {"error": [HUGE, "words"]},
    ],
    ids=str,
)
def test_a_directory_that_makes_no_sense_is_refused_with_its_line(changes):
    line = directory_line(b"", [b"a", b"b"], [b"logs"], groups=[0, 1]) | changes
    assert refused(recording_text([line])).line == 2


def test_a_directory_given_twice_is_refused():
    assert refused(recording_text([directory_line(b""), directory_line(b"")])).line == 3


def test_a_directory_given_before_the_one_it_is_in_is_refused():
    lines = [directory_line(b"", directories=[b"a"]), directory_line(b"a/b"), directory_line(b"a", directories=[b"b"])]
    assert refused(recording_text(lines)).line == 3


def test_a_directory_that_none_names_is_refused():
    assert refused(recording_text([directory_line(b""), directory_line(b"stray")])).line == 3


def test_a_number_of_too_many_digits_is_refused():
    assert refused(TEXT.replace(b"[1]", b"[" + b"9" * 5000 + b"]", 1)).line == 2


def test_an_error_about_a_hostile_name_is_harmless():
    group = {"name": "\x1b]0;owned\x07", "kind": "striped"}
    assert str(refused(recording_text([], groups=[group]))).isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["b64", "..", "", "a/b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just("b64"), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["directory", "directories", "files", "sizes", "groups", "absent", "failed", "others", "error"])


@pytest.mark.fuzz
@given(st.dictionaries(KEYS, JSON))
def test_a_directory_of_any_values_is_read_or_refused(changes):
    with contextlib.suppress(RecordingError):
        opened(recording_text([directory_line(b"", [b"a"], groups=[0]) | changes]))


@pytest.mark.fuzz
@given(st.dictionaries(st.sampled_from([*header_line(), "hostname_map", "shard_block_size", "start"]), JSON))
def test_a_header_of_any_values_is_read_or_refused(changes):
    with contextlib.suppress(RecordingError):
        opened(recording_text([], **changes))


@pytest.mark.fuzz
@given(st.dictionaries(st.sampled_from(["name", "host", "brick", "configured_host", "group", "online"]), JSON))
def test_a_volume_of_any_values_is_read_or_refused(changes):
    with contextlib.suppress(RecordingError):
        opened(recording_text([], volumes=[volume(**changes)]))


@pytest.mark.fuzz
@given(st.one_of(st.binary(), st.binary().map(gzip.compress), st.binary().map(lambda tail: b"\x1f\x8b" + tail)))
def test_any_bytes_are_refused(text):
    with contextlib.suppress(RecordingError):
        opened(text)


@pytest.mark.fuzz
@pytest.mark.parametrize("whole", [TEXT, gzip.compress(TEXT, mtime=0)], ids=["plain", "compressed"])
@given(data=st.data())
def test_a_recording_that_is_cut_anywhere_is_refused(whole, data):
    cut = data.draw(st.integers(0, len(whole.rstrip(b"\n")) - 1))
    with pytest.raises(RecordingError):
        opened(whole[:cut])


@pytest.mark.fuzz
@pytest.mark.parametrize("whole", [TEXT, gzip.compress(TEXT, mtime=0)], ids=["plain", "compressed"])
@given(data=st.data())
def test_a_recording_with_any_byte_changed_is_read_or_refused(whole, data):
    at, byte = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    with contextlib.suppress(RecordingError):
        opened(whole[:at] + bytes([byte]) + whole[at + 1 :])


def test_a_recording_is_text_that_other_tools_read():
    assert all(isinstance(json.loads(line.decode("utf-8")), dict) for line in TEXT.splitlines())
