"""Reading the attribute glusterfs.pathinfo: recorded values, and paths made to deceive."""

import contextlib
import json
import os
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.attributes import RawPlacement, placement_of
from disco.dfs.gluster.errors import PathinfoError
from disco.dfs.gluster.pathinfo import Brick, Pathinfo, parse_pathinfo

from .conftest import DATA

RECORDED = json.loads((DATA / "pathinfo.json").read_text())
OF_FILES = [entry for entry in RECORDED if entry["reads"]]
OF_DIRECTORIES = [entry for entry in RECORDED if not entry["reads"]]


def ids(entry):
    return f"{entry['volume']}: {entry['case']} {entry['path'][:30]!a}"


def recorded_reading(entry):
    reads = entry["reads"]
    bricks = tuple(Brick(host, base) for host, base in reads["bricks"])
    return Pathinfo(bricks, reads["group"], os.fsencode(reads["rel"]))


@pytest.mark.parametrize("entry", OF_FILES, ids=ids)
def test_a_recorded_value_is_read_with_the_help_of_its_path(entry):
    assert parse_pathinfo(os.fsencode(entry["value"]), path=os.fsencode(entry["path"])) == recorded_reading(entry)


@pytest.mark.parametrize("entry", OF_FILES, ids=ids)
def test_a_recorded_value_is_read_with_the_help_of_known_bricks(entry):
    expected = recorded_reading(entry)
    assert parse_pathinfo(os.fsencode(entry["value"]), known=set(expected.bricks)) == expected


@pytest.mark.parametrize("entry", OF_DIRECTORIES, ids=ids)
def test_the_value_of_a_distributed_directory_is_refused(entry):
    with pytest.raises(PathinfoError, match="directory"):
        parse_pathinfo(os.fsencode(entry["value"]))


def test_a_hard_link_may_answer_with_its_other_name():
    value = b"<POSIX(/srv/b1/one):gnode01:/srv/b1/one/t/hard>\0"
    assert parse_pathinfo(value, path=b"/t/file.txt").rel == b"/t/hard"


# Recorded on 10.3 after the brick of nx01 was restarted: it had been asked for one name only since.
MIXED = b"(<REPLICATE:r> <POSIX(/b2):nx02:/b2/t/hard> <POSIX(/b1):nx01:/b1/t/file.txt>)\0"


@pytest.mark.parametrize("path", [b"", b"/t/file.txt", b"/t/hard"])
def test_bricks_may_answer_with_different_hard_links_of_a_file(path):
    assert parse_pathinfo(MIXED, path=path).bricks == (Brick("nx02", "/b2"), Brick("nx01", "/b1"))


def test_some_bricks_may_answer_with_the_same_hard_link_and_some_with_another():
    value = b"(<REPLICATE:r> <POSIX(/b):h1:/b/x> <POSIX(/b):h2:/b/y> <POSIX(/b):h3:/b/x>)"
    assert [brick.host for brick in parse_pathinfo(value, path=b"/x").bricks] == ["h1", "h2", "h3"]


def test_different_hard_links_are_not_assumed_of_bricks_that_are_not_known():
    assert parse_pathinfo(MIXED, known={Brick("nx02", "/b2")}).bricks == (Brick("nx02", "/b2"),)


def test_different_hard_links_are_not_assumed_where_the_path_asked_for_imitates_an_entry():
    path = b"/t/hard> <POSIX(/b1):nx01:/b1/t/file.txt"
    assert parse_pathinfo(MIXED, path=path).bricks == (Brick("nx02", "/b2"),)


def test_a_mount_of_a_subdirectory_answers_with_the_path_from_the_volumes_root():
    value = b"<POSIX(/srv/b1/one):gnode01:/srv/b1/one/t/deep/f>\0"
    assert parse_pathinfo(value, path=b"/deep/f").rel == b"/t/deep/f"


def test_the_nul_at_the_end_may_be_missing():
    assert parse_pathinfo(b"<POSIX(/b):h:/b/f>").bricks == (Brick("h", "/b"),)


def test_bricks_come_in_the_order_of_the_value():
    value = b"(<REPLICATE:r> <POSIX(/b):h2:/b/f> <POSIX(/b):h1:/b/f>)"
    assert [brick.host for brick in parse_pathinfo(value).bricks] == ["h2", "h1"]


def test_a_value_without_a_set_names_no_group():
    assert parse_pathinfo(b"(<DISTRIBUTE:d> <POSIX(/b):h:/b/f>)").group == ""


@pytest.mark.parametrize("kind", [b"REPLICATE", b"EC"])
def test_the_group_is_the_name_of_the_replica_or_disperse_set(kind):
    value = b"(<DISTRIBUTE:d> (<" + kind + b":web-set-1> <POSIX(/b):h:/b/f>))"
    assert parse_pathinfo(value).group == "web-set-1"


def test_with_nothing_to_decide_by_the_shortest_path_is_taken():
    value = b"<POSIX(/b):h1:/b/f> <POSIX(/b):h2:/b/f>"
    assert parse_pathinfo(value).rel == b"/f"


def test_the_path_asked_for_decides_against_an_imitated_entry():
    value = b"<POSIX(/b):h1:/b/f> <POSIX(/b):h2:/b/f>"
    assert parse_pathinfo(value, path=b"/f> <POSIX(/b):h2:/b/f").bricks == (Brick("h1", "/b"),)


def test_known_bricks_decide_against_an_imitated_entry():
    value = b"<POSIX(/b):h1:/b/f> <POSIX(/e):evil:/e/f>"
    assert parse_pathinfo(value, known={Brick("h1", "/b")}).bricks == (Brick("h1", "/b"),)


def test_a_uuid_in_place_of_the_host_is_told():
    brick = parse_pathinfo(b"<POSIX(/b):e147daaf-9d03-48bb-8a5f-66d6da40a2df:/b/f>").bricks[0]
    assert brick.is_uuid


def test_a_host_is_no_uuid():
    assert not Brick("gnode01", "/b").is_uuid


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\0",
        b"nx01-vol1",
        b"<POSIX(/b):h:/b/f",
        b"<POSIX(/b):h:/other/f>",
        b"<POSIX(/b)::/b/f>",
        b"(<REPLICATE:r> <POSIX(/b):h:/b/f>",
        b"<POSIX(/b):h:/b/f>)",
        b"(<REPLICATE:r> )",
        b"9a4c81bf-b019-4cb6-a68a-bacf3004be19 38e5c7f7-0dc3-42c4-9139-8acf59f7ffed\0",
    ],
)
def test_a_value_that_the_grammar_does_not_explain_is_an_error(value):
    with pytest.raises(PathinfoError):
        parse_pathinfo(value)


def test_the_error_holds_the_value():
    with pytest.raises(PathinfoError) as caught:
        parse_pathinfo(b"nonsense\0")
    assert caught.value.value == b"nonsense"


HOSTS = st.sampled_from(["nx01", "nx02", "10.77.2.3", "gnode02-ib", "e147daaf-9d03-48bb-8a5f-66d6da40a2df"])
BASES = st.sampled_from(["/b", "/srv/b1", "/srv/b1/web", "/srv/(1)", "/srv/a b"])
BRICKS = st.lists(st.builds(Brick, HOSTS, BASES), min_size=1, max_size=4, unique=True)
DELIMITERS = [
    b"> <POSIX(",
    b"> (<REPLICATE:x> <POSIX(",
    b"<POSIX(",
    b"):",
    b":",
    b">",
    b">)",
    b")",
    b" ",
    b"(<EC:",
    b"\n",
]
EVIL = [b"evil", b"/e", b"/x", b"> <POSIX(/e):evil:/e", b"):evil:/e", b"\xff"]
WRAPPERS = ["", "(<DISTRIBUTE:web-dht> ", "(<REPLICATE:web-replicate-0> ", "(<EC:web-disperse-0> "]


@dataclass
class Case:
    """A value, and how it has to be read."""

    value: bytes
    reading: Pathinfo


def written(bricks, wrapper, distributed, rel):
    """A value as GlusterFS writes it."""
    if len(bricks) > 1 and "REPLICATE" not in wrapper and "EC" not in wrapper:
        wrapper += "(<REPLICATE:web-replicate-0> "
    if distributed and "DISTRIBUTE" not in wrapper:
        wrapper = "(<DISTRIBUTE:web-dht> " + wrapper
    group = next((name for name in ("web-replicate-0", "web-disperse-0") if name in wrapper), "")
    entries = (f"<POSIX({base}):{host}:{base}".encode() + rel + b">" for host, base in bricks)
    value = wrapper.encode() + b" ".join(entries) + b")" * wrapper.count("(<") + b"\0"
    return Case(value, Pathinfo(tuple(bricks), group, rel))


def paths_of(parts):
    return st.lists(st.sampled_from(parts), max_size=8).map(lambda chosen: b"/" + b"".join(chosen))


def imitating(bricks):
    """Paths that imitate entries of these very bricks."""
    own = [f"{text}{base}):{host}:{base}".encode() for host, base in bricks for text in ("", "> <POSIX(")]
    return paths_of([*DELIMITERS, *EVIL, *own, *(brick.base.encode() for brick in bricks)])


def cases(paths):
    wrapped = st.tuples(st.sampled_from(WRAPPERS), st.booleans())
    return BRICKS.flatmap(lambda bricks: st.builds(lambda w, rel: written(bricks, *w, rel), wrapped, paths(bricks)))


@given(cases(imitating))
def test_no_path_deceives_a_reader_who_knows_the_path(case):
    assert parse_pathinfo(case.value, path=case.reading.rel) == case.reading


@given(cases(lambda bricks: paths_of([*DELIMITERS, *EVIL])))
def test_no_foreign_entry_deceives_a_reader_who_knows_the_bricks(case):
    assert parse_pathinfo(case.value, known=set(case.reading.bricks)) == case.reading


@pytest.mark.fuzz
@given(cases(imitating))
def test_every_brick_that_is_read_stands_in_the_value(case):
    for host, base in parse_pathinfo(case.value).bricks:
        assert f"<POSIX({base}):{host}:{base}".encode("utf-8", "surrogateescape") in case.value


@pytest.mark.fuzz
@given(st.one_of(st.binary(), paths_of([*DELIMITERS, *EVIL, b"(<DISTRIBUTE:d> ", b"\0"]).map(lambda path: path[1:])))
def test_any_bytes_are_read_or_refused(value):
    with contextlib.suppress(PathinfoError):
        parse_pathinfo(value)


def values_of_two_files(rels):
    """Two values that bricks give alike, but for the files' paths."""
    bricks, (wrapper, distributed), (one, other) = rels
    return written(bricks, wrapper, distributed, one), written(bricks, wrapper, distributed, other)


def pairs_of_paths(bricks):
    plain = st.sampled_from([b"/x", b"/b", b"/srv/b1", b"/srv/b1/web", b"/a b", b"/evil"])
    return st.tuples(st.one_of(plain, imitating(bricks)), st.one_of(plain, imitating(bricks)))


@given(
    BRICKS.flatmap(
        lambda bricks: st.tuples(
            st.just(bricks), st.tuples(st.sampled_from(WRAPPERS), st.booleans()), pairs_of_paths(bricks)
        )
    ).map(values_of_two_files)
)
def test_a_value_is_read_the_same_after_another_one_like_it(cases):
    for case in cases:
        reading = case.reading
        expected = RawPlacement("attribute", reading.group, tuple(sorted(reading.bricks)))
        assert placement_of(case.value, reading.rel) == expected
