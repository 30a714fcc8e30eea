"""The selection: its rows by path, whatever the order in which directories come, against all paths sorted."""

import gc
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster import branches
from disco.dfs.gluster.catalog import Catalog
from disco.dfs.gluster.filters import Substring, compile_regex
from disco.dfs.gluster.matching import match_unit
from disco.dfs.gluster.selection import Selection
from disco.dfs.gluster.units import FAILED, GONE, PENDING, ListedDirectory, ResolvedFiles

PART = st.text(alphabet="a.b-", min_size=1, max_size=3).map(str.encode).filter(lambda name: name not in (b".", b".."))
PATHS = st.sets(st.lists(PART, min_size=1, max_size=4).map(b"/".join), max_size=30)
NEEDLES = st.sampled_from([b"", b"a", b"b", b"a/b", b"/a", b"a.", b"-/", b"inputfs/a", b"ab"])


def without_clashes(paths):
    """Without those files whose name is a directory's too."""
    folders = {path[:cut] for path in paths for cut in range(len(path)) if path[cut : cut + 1] == b"/"}
    return sorted(path for path in paths if path not in folders)


def listings(paths):
    """The listing of each directory, by its path."""
    files, directories = {b"": []}, {b"": set()}
    for path in paths:
        at = b""
        *folders, name = path.split(b"/")
        for folder in folders:
            directories[at].add(folder)
            at = os.path.join(at, folder)
            files.setdefault(at, [])
            directories.setdefault(at, set())
        files[at].append(name)
    return {
        at: ListedDirectory(
            at,
            sorted(directories[at]),
            sorted(names),
            placed=[FAILED] * len(names),
            sizes=list(map(len, sorted(names))),
        )
        for at, names in files.items()
    }


def filled(paths, order=lambda waiting: len(waiting) - 1, taken=lambda directory: None):
    """A catalog of these files. ``order``: which of those that wait to be listed comes next."""
    catalog = Catalog(b"")
    fill(catalog, listings(paths), order, taken)
    return catalog


def fill(catalog, known, order=lambda waiting: len(waiting) - 1, taken=lambda directory: None):
    waiting = [catalog.root]
    while waiting:
        directory = waiting.pop(order(waiting))
        waiting += catalog.add_listing(known[directory.path], [])
        taken(directory)


def select(catalog, needle, scope=b"", narrows=None):
    selection = Selection(catalog, b"/inputfs", catalog.directories[scope], Substring(needle), narrows)
    for run in selection.runs_to_match():
        selection.match(run)
    return selection


def rows(picture):
    found = [picture.row(number) for number in range(len(picture))]
    return [os.path.join(row.directory.path, row.name) for row in found]


def expected(paths, needle, scope=b""):
    inside = [path for path in paths if not scope or path.startswith(scope + b"/")]
    return sorted(path for path in inside if needle in b"/inputfs/" + path)


@given(PATHS.map(without_clashes), NEEDLES)
def test_the_rows_are_the_paths_that_hold_the_string_sorted(paths, needle):
    assert rows(select(filled(paths), needle).picture()) == expected(paths, needle)


@given(PATHS.map(without_clashes), NEEDLES)
def test_batches_come_in_the_order_of_the_rows(paths, needle):
    catalog = filled(paths)
    for directory in catalog.directories.values():
        directory.put_places(range(len(directory.places)), [0] * len(directory.places))
    catalog.placements.append("anywhere")
    batches = select(catalog, needle).picture().batches()
    assert [os.path.join(b.directory, name) for b in batches for name in b.names] == expected(paths, needle)


@given(PATHS.map(without_clashes), NEEDLES)
def test_every_row_is_found_by_its_path(paths, needle):
    picture = select(filled(paths), needle).picture()
    assert [picture.find(*os.path.split(path)) for path in rows(picture)] == list(range(len(picture)))


@given(PATHS.map(without_clashes), NEEDLES)
def test_what_is_not_kept_is_not_found(paths, needle):
    picture = select(filled(paths), needle).picture()
    left_out = set(paths) - set(expected(paths, needle))
    assert [path for path in left_out if picture.find(*os.path.split(path)) is not None] == []


@given(PATHS.map(without_clashes), NEEDLES)
def test_every_file_has_its_place_among_those_that_are_kept(paths, needle):
    catalog = filled(paths)
    picture, everything = select(catalog, needle).picture(), select(catalog, b"").picture()
    kept = rows(picture)
    places = [picture.place_of(everything.row(number)) for number in range(len(paths))]
    assert places == [(sum(other < path for other in kept), path in kept) for path in rows(everything)]


@given(PATHS.map(without_clashes), st.randoms(use_true_random=False))
def test_a_file_whose_directory_is_read_anew_has_its_place_where_that_stands(paths, rng):
    catalog = filled(paths)
    before = select(catalog, b"").picture()
    forgotten = rng.choice(sorted(catalog.directories))
    inside = [number for number, path in enumerate(rows(before)) if path.startswith(os.path.join(forgotten, b""))]
    catalog.forget(forgotten)
    after = select(catalog, b"").picture()
    assert {after.place_of(before.row(number)) for number in inside} == {(number, False) for number in inside[:1]}


@given(PATHS.map(without_clashes), NEEDLES, st.randoms(use_true_random=False))
def test_the_order_in_which_directories_come_does_not_matter(paths, needle, random):
    catalog = Catalog(b"")
    known = listings(paths)
    selection = Selection(catalog, b"/inputfs", catalog.root, Substring(needle))
    waiting = [catalog.root]
    while waiting:
        directory = waiting.pop(random.randrange(len(waiting)))
        waiting += catalog.add_listing(known[directory.path], [])
        selection.update(directory)
        if random.random() < 0.3:
            selection.picture()
    assert rows(selection.picture()) == expected(paths, needle)


@given(PATHS.map(without_clashes), st.data())
def test_a_scope_holds_what_is_below_it(paths, data):
    catalog = filled(paths)
    scope = data.draw(st.sampled_from(sorted(catalog.directories)))
    assert rows(select(catalog, b"a", scope).picture()) == expected(paths, b"a", scope)


@given(PATHS.map(without_clashes), st.sampled_from([(b"a", b"ab"), (b"", b"a"), (b"a", b"a/b"), (b"b", b"-b")]))
def test_a_filter_that_narrows_another_keeps_what_it_would_alone(paths, needles):
    first, second = needles
    catalog = filled(paths)
    assert rows(select(catalog, second, narrows=select(catalog, first)).picture()) == expected(paths, second)


def test_a_narrower_filter_searches_only_directories_that_were_left():
    catalog = filled([b"x/a", b"y/b", b"z/ab"])
    narrower = Selection(catalog, b"/data", catalog.root, Substring(b"zab"), select(catalog, b"a/"))
    assert [directory.path for directory in narrower.to_match()] == []


@given(PATHS.map(without_clashes), NEEDLES)
def test_totals_are_those_of_the_rows(paths, needle):
    totals = select(filled(paths), needle).picture().totals
    kept = expected(paths, needle)
    sizes = sum(len(os.path.basename(path)) for path in kept)
    assert (totals.files, totals.bytes, totals.failed) == (len(kept), sizes, len(kept))


@given(PATHS.map(without_clashes))
def test_a_picture_does_not_change_with_its_selection(paths):
    catalog, known = Catalog(b""), listings(paths)
    selection = Selection(catalog, b"/inputfs", catalog.root, Substring(b""))
    waiting, pictures = [catalog.root], []
    while waiting:
        directory = waiting.pop()
        waiting += catalog.add_listing(known[directory.path], [])
        selection.update(directory)
        picture = selection.picture()
        pictures.append((picture, rows(picture)))
    assert [rows(picture) for picture, _ in pictures] == [then for _, then in pictures]


def test_a_row_is_found_without_counting_what_its_directory_keeps(monkeypatch):
    catalog, known = Catalog(b""), listings([b"d/a1", b"d/a2", b"d/b"])
    for path in (b"", b"d"):
        catalog.add_listing(known[path], [])
    selection = Selection(catalog, b"/inputfs", catalog.root, Substring(b"a"))
    for run in selection.runs_to_match():
        selection.match(run)
    picture, counted = selection.picture(), []
    monkeypatch.setattr(branches, "_kept_count", lambda directory, kept: counted.append(directory) or 2)
    assert picture.row(1).name == b"a2"
    assert counted == []


def test_there_is_no_row_behind_the_last():
    picture = select(filled([b"a"]), b"").picture()
    with pytest.raises(IndexError):
        picture.row(1)


# Files that are resolved, or vanish, later


def resolve(catalog, selection, path, placed, sizes):
    directory = catalog.directories[path]
    resolved = ResolvedFiles([], placed, sizes, [])
    catalog.add_resolved(path, range(len(placed)), resolved, [])
    selection.update(directory)


def test_files_that_vanished_are_left_out():
    catalog = filled([b"d/a", b"d/b", b"e"])
    selection = select(catalog, b"")
    resolve(catalog, selection, b"d", [GONE, FAILED], [-1, 1])
    assert rows(selection.picture()) == [b"d/b", b"e"]


def test_what_is_learned_of_files_shows_in_the_totals():
    catalog = filled([b"d/a", b"d/b"])
    selection = select(catalog, b"a")
    resolve(catalog, selection, b"d", [FAILED, FAILED], [1 << 40, 1])
    assert selection.picture().totals.bytes == 1 << 40


def test_more_placements_than_fit_a_byte_are_held():
    catalog = filled([b"%03d" % number for number in range(300)])
    catalog.root.put_places([7], [40_000])
    assert (catalog.root.places[7], catalog.root.places[8], catalog.root.count_at(FAILED)) == (40_000, FAILED, 299)


def test_places_are_counted_however_they_are_held():
    catalog = filled([b"a", b"b", b"c"])
    for most in (1, 300):
        catalog.root.put_places(range(3), [most, PENDING, most])
        assert catalog.root.count_places() == {most: 2, PENDING: 1}


# Directories that are read anew


@given(PATHS.map(without_clashes), PATHS.map(without_clashes), st.data())
def test_a_directory_that_is_forgotten_and_listed_again_shows_what_is_there_now(before, after, data):
    catalog = filled(before)
    path = data.draw(st.sampled_from(sorted(catalog.directories)))
    catalog.forget(path)
    now = {os.path.join(path, at).rstrip(b"/"): listed for at, listed in listings(after).items()}
    waiting = [catalog.directories[path]]
    while waiting:
        directory = waiting.pop()
        waiting += catalog.add_listing(now[directory.path]._replace(directory=directory.path), [])
    others = [other for other in before if path and not other.startswith(path + b"/")]
    everything = sorted([*others, *(os.path.join(path, below) for below in after)])
    assert rows(select(catalog, b"").picture()) == everything
    assert (catalog.root.files_below, catalog.root.unlisted) == (len(everything), 0)
    assert (catalog.progress.files, catalog.progress.complete) == (len(everything), True)


# Names in shared memory, and expressions on them


@given(PATHS.map(without_clashes), st.sampled_from(["a", "a+b?$", ".*-", "", "x"]))
def test_an_expression_keeps_the_names_that_it_matches(paths, expression):
    catalog = filled(paths)
    keep = compile_regex(expression)
    selection = Selection(catalog, b"/inputfs", catalog.root, keep)
    directories = [directory for directory in selection.to_match() if directory.places]
    marks = match_unit(catalog.names.file.fileno(), expression, [directory.span for directory in directories])
    for directory, marked in zip(directories, marks, strict=True):
        selection.take(directory, marked)
    kept = [path for path in paths if keep.kept(b"/", [os.path.basename(path)])]
    assert rows(selection.picture()) == sorted(kept)


def test_names_stay_when_their_memory_grows():
    catalog = filled([b"%04d/%s" % (number, b"n" * 200) for number in range(8000)])
    assert catalog.directories[b"0000"].names == [b"n" * 200]
    assert catalog.directories[b"7999"].names == [b"n" * 200]


def test_names_of_a_directory_that_is_forgotten_are_given_back_once_nobody_shows_them():
    paths = [b"%04d/%s" % (number, b"n" * 200) for number in range(8000)]
    catalog = filled(paths)
    shown = select(catalog, b"").picture()
    memory_before = memory_of(catalog)
    gc.disable()  # it may never come to what was frozen
    try:
        catalog.forget(b"")
        assert shown.row(0).name == b"n" * 200
        del shown
        fill(catalog, listings(paths[:1]))
    finally:
        gc.enable()
    assert memory_of(catalog) < memory_before / 10
    assert rows(select(catalog, b"").picture()) == paths[:1]


def memory_of(catalog):
    return os.fstat(catalog.names.file.fileno()).st_blocks * 512
