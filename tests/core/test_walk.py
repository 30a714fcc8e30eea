"""Walking a dataset: by path, in batches, and ahead of the reader."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.filters import as_filter
from disco.dfs.gluster.inputfs import Start
from disco.dfs.gluster.units import ListedDirectory
from disco.dfs.gluster.walk import Report, walk, walk_directories
from disco.dfs.gluster.walker import BATCH, in_path_order

from .samples import ODD_NAMES, directory_line, opened, recording_of, recording_text
from .sources import ALL, ROOT, Hanging, Noting, Threaded, walked


def test_files_come_by_path():
    paths = [b"b", b"a/2", b"a/1", b"c/1", b"a.txt"]
    assert walked(recording_of(paths)) == [b"a.txt", b"a/1", b"a/2", b"b", b"c/1"]


def test_a_directory_stands_where_its_name_with_a_slash_belongs():
    paths = [b"a-b", b"a.b", b"a/b", b"a0b", b"Z"]
    assert walked(recording_of(paths)) == [b"Z", b"a-b", b"a.b", b"a/b", b"a0b"]


def test_directories_interleave_by_their_whole_paths():
    paths = [b"a-b/x", b"a/x", b"a/b/x", b"a/b-c/x", b"a0/x"]
    assert walked(recording_of(paths)) == [b"a-b/x", b"a/b-c/x", b"a/b/x", b"a/x", b"a0/x"]


NAME = st.lists(st.sampled_from([b"a", b"b", b"-", b".x", b"0", b"\xff", b" "]), min_size=1, max_size=3).map(b"".join)
PATH = st.lists(NAME, min_size=1, max_size=4)


def consistent(trees):
    """Paths of files of which none is a directory of another."""
    folders = {tuple(path[:i]) for path in trees for i in range(len(path))}
    return sorted({b"/".join(path) for path in trees if tuple(path) not in folders})


TREES = st.lists(PATH, max_size=30).map(consistent)


@given(TREES)
def test_files_of_any_tree_come_as_if_all_paths_were_sorted(paths):
    assert walked(recording_of(paths)) == sorted(paths)


@pytest.fixture(scope="module")
def threads():
    with ThreadPoolExecutor(8) as executor:
        yield executor


@given(paths=TREES)
def test_the_order_does_not_hang_on_who_answers_first(threads, paths):
    assert walked(Threaded(recording_of(paths), threads)) == sorted(paths)


@given(TREES, st.sampled_from(["", "a", "/b", "a/", "-", "inputfs", "x"]))
def test_the_kept_come_in_the_same_order(paths, needle):
    expected = [path for path in sorted(paths) if needle.encode() in b"/inputfs/" + path]
    assert walked(recording_of(paths), keep=as_filter(needle)) == expected


@given(TREES)
def test_a_directory_comes_before_those_in_it(paths):
    found = [walked.listed.directory for walked in walk_directories(recording_of(paths), ROOT, report=Report())]
    assert all(os.path.dirname(path) in found[:i] for i, path in enumerate(found) if path)


@given(TREES)
def test_directories_come_with_all_their_files(paths):
    found = walk_directories(recording_of(paths), ROOT, report=Report())
    names = [os.path.join(batch.directory, name) for w in found for batch in w.batches for name in batch.names]
    assert sorted(names) == sorted(paths)


@given(st.sets(NAME), st.sets(NAME))
def test_the_contents_of_a_directory_are_put_in_the_order_of_paths(files, directories):
    parts = in_path_order(ListedDirectory(b"", sorted(directories - files), sorted(files)))
    flat = [name for part in parts for name in (part if isinstance(part, list) else [part + b"/"])]
    assert flat == sorted([*files, *(name + b"/" for name in directories - files)])


def test_names_of_every_odd_kind_are_walked():
    assert walked(recording_of(ODD_NAMES.values())) == sorted(ODD_NAMES.values())


def test_an_empty_dataset_has_no_files():
    assert walked(recording_of([])) == []


def test_a_dataset_may_begin_below_the_mount_point():
    assert walked(recording_of([b"a/1", b"b/1"]), Start(b"b")) == [b"b/1"]


def test_a_dataset_may_be_one_file():
    assert walked(recording_of([b"a/1", b"a/2"]), Start(b"a", b"2")) == [b"a/2"]


def test_a_filter_is_asked_about_a_single_file_too():
    assert walked(recording_of([b"a/1"]), Start(b"a", b"1"), as_filter("x")) == []


def test_no_more_than_a_batch_is_asked_at_once():
    names = [b"%05d" % i for i in range(3 * BATCH)]
    sizes = [len(placed.names) for placed in walk(recording_of(names), ROOT, ALL, report=Report())]
    assert sizes == [BATCH, BATCH, BATCH]


def test_files_that_are_not_kept_are_not_asked_for():
    source = Noting(recording_of([b"a", b"b", b"ab"]))
    walked(source, keep=as_filter("b"))
    assert source.asked == [b"ab", b"b"]


def test_files_come_with_their_sizes():
    placed = next(walk(recording_of([b"a", b"ccc"]), ROOT, ALL, report=Report(), sizes=True))
    assert placed.sizes == [1, 3]


def test_files_come_with_their_placements():
    line = directory_line(b"", [b"a", b"b"], groups=[1, 0])
    placed = next(walk(opened(recording_text([line])), ROOT, ALL, report=Report()))
    assert [placement.usable for placement in placed.placements] == [(2, 3), (0, 1)]


def many():
    return recording_of(b"d%03d/f" % i for i in range(500))


def test_a_walk_asks_ahead_of_the_reader():
    source = Hanging(many(), 1)
    found = walk(source, ROOT, ALL, report=Report())
    next(found)
    assert len(source.open) > 10


def test_a_walk_does_not_ask_far_ahead_of_the_reader():
    source = Hanging(many(), 1)
    found = walk(source, ROOT, ALL, report=Report())
    next(found)
    assert len(source.open) <= 64


def test_a_walk_that_is_closed_early_cancels_what_it_asked():
    source = Hanging(many(), 1)
    found = walk(source, ROOT, ALL, report=Report())
    next(found)
    found.close()
    assert all(future.cancelled() for future in source.open)


def test_a_walk_that_is_closed_early_keeps_what_it_counted():
    report = Report()
    found = walk(Hanging(many(), 1), ROOT, ALL, report=report)
    next(found)
    found.close()
    assert report.files == 1


def test_nothing_is_asked_before_the_first_file_is_wanted():
    source = Hanging(many(), 1)
    walk(source, ROOT, ALL, report=Report())
    assert source.asked == 0
