"""Errors carry facts, survive pickling, and quote names harmlessly."""

import copy
import inspect
import pickle
import re

import pytest

from disco.dfs.gluster import errors
from disco.dfs.gluster.errors import (
    AddressError,
    CookiesDisprovedError,
    ExportError,
    FailedFilesError,
    Failure,
    FilterError,
    GlusterError,
    GraphError,
    HostnameMapError,
    MapChangedError,
    MapSaveError,
    NodesError,
    NoHostnameMapError,
    NotInputfsError,
    PathError,
    PathinfoError,
    RecordingError,
    UnmappedVolumesError,
    shown,
)

from .samples import ODD_NAMES

HOSTILE = b"\x1b]0;owned\x07\x9b31m\r\n\xff"
TEXT = HOSTILE.decode("utf-8", "surrogateescape")

EVERY_ERROR = [
    AddressError(HOSTILE, TEXT),
    CookiesDisprovedError(HOSTILE, 12),
    ExportError(HOSTILE, TEXT),
    FailedFilesError([Failure(HOSTILE, 107, TEXT)], [["dfs://n1/a"]]),
    FilterError(TEXT, TEXT, 3),
    GraphError(HOSTILE, 7, TEXT),
    HostnameMapError(TEXT, 3, TEXT),
    MapChangedError(HOSTILE, None, HOSTILE),
    MapSaveError(HOSTILE, TEXT, TEXT, TEXT),
    NodesError(TEXT, TEXT),
    NoHostnameMapError((TEXT, "/inputfs/.hostname_map")),
    NotInputfsError(HOSTILE, TEXT, HOSTILE, TEXT),
    PathError(HOSTILE, 13),
    PathinfoError(HOSTILE, TEXT),
    RecordingError(HOSTILE, 2, TEXT),
    UnmappedVolumesError({TEXT: 3}),
]
for_every_error = pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)


def test_every_error_of_the_package_is_tried_here():
    classes = {cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, GlusterError)}
    assert {type(error) for error in EVERY_ERROR} == classes - {GlusterError}


@for_every_error
def test_pickling_keeps_the_class(error):
    assert type(pickle.loads(pickle.dumps(error))) is type(error)


@for_every_error
def test_pickling_keeps_the_facts(error):
    assert pickle.loads(pickle.dumps(error)).__dict__ == error.__dict__


@for_every_error
def test_pickling_keeps_the_message(error):
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@for_every_error
def test_copying_keeps_the_facts(error):
    assert copy.copy(error).__dict__ == error.__dict__


@for_every_error
def test_messages_hold_nothing_that_a_terminal_would_obey(error):
    assert str(error).isprintable()


@for_every_error
def test_facts_keep_a_name_as_it_is(error):
    assert {HOSTILE, TEXT} & set(_leaves(list(vars(error).values())))


def _leaves(value):
    """A fact's parts, flat."""
    if isinstance(value, list | tuple | dict):
        return [leaf for part in value for leaf in _leaves(part)]
    return [value]


def test_a_failure_in_words_holds_nothing_that_a_terminal_would_obey():
    assert str(Failure(HOSTILE, 0, TEXT)).isprintable()


@pytest.mark.parametrize("kind", ODD_NAMES)
def test_a_shown_name_is_printable(kind):
    assert shown(ODD_NAMES[kind]).isprintable()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"plain", "plain"),
        ("größe 日本".encode(), "größe 日本"),
        (b"a\x1bb", "a\\x1bb"),
        (b"a\nb\tc", "a\\nb\\tc"),
        (b"\xff", "\\xff"),
        ("\u202egpj.exe".encode(), "\\u202egpj.exe"),
        ("text\x00", "text\\x00"),
        ("a\u034fb", "a\\u034fb"),
        ("\u3164", "\\u3164"),
        ("1\ufe0f\u20e3", "1\\ufe0f\u20e3"),
        ("👍🏽", "👍\\U0001f3fd"),
        ("क्षि", "क्षि"),
    ],
)
def test_shown_writes_controls_and_what_nobody_would_see_as_escapes_and_all_else_as_it_is(name, expected):
    assert shown(name) == expected


def test_a_path_error_says_what_its_number_means():
    assert str(PathError(b"/inputfs/a", 13)) == "/inputfs/a: Permission denied"


def test_a_dead_mount_is_explained():
    assert "bricks that hold it are down" in str(PathError(b"/inputfs/a", 107))


def test_not_inputfs_names_path_file_system_and_mount_point():
    error = NotInputfsError(b"/home/me", "ext4", b"/")
    assert str(error) == "/home/me is not on GlusterFS: it is on ext4, mounted at /"


def test_a_filter_error_quotes_the_expression_as_it_was_typed():
    assert str(FilterError("\\d(", "missing )", 2)) == "bad expression '\\d(': missing ) at position 2"


def test_a_graph_error_names_its_line():
    assert str(GraphError(b"volfile", 7, "no")) == "volfile, line 7: no"


def test_a_line_of_zero_is_not_named():
    assert str(GraphError(b"volfile", 0, "no volume in it")) == "volfile: no volume in it"


def test_no_host_map_names_all_places_and_the_way_out():
    message = str(NoHostnameMapError(("$DISCO_HOSTNAME_MAP (not set)", "/inputfs/.hostname_map")))
    assert all(part in message for part in ("$DISCO_HOSTNAME_MAP", "/inputfs/.hostname_map", "hostname_map={}"))


def test_a_long_pathinfo_value_is_cut_in_the_message():
    assert str(PathinfoError(b"x" * 1000, "fact")).endswith("x...")


def test_failed_files_counts_all():
    assert str(_failed(1234)).startswith("1,234 could not be resolved: ")


def test_failed_files_names_the_first_three():
    assert re.findall(r"/f\d+", str(_failed(9))) == ["/f0", "/f1", "/f2"]


def test_failed_files_says_how_many_it_does_not_name():
    assert str(_failed(9)).endswith("; and 6 more")


def test_failed_files_holds_what_was_resolved():
    assert FailedFilesError([], [["dfs://n1/a"]]).resolved == [["dfs://n1/a"]]


def _failed(count):
    return FailedFilesError([Failure(b"/f%d" % i, 107, "offline") for i in range(count)], [])
