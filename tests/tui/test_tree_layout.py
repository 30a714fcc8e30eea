"""Which directory stands in which row of the tree, against the rows written out."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.catalog import Catalog, CatalogDirectory
from disco.dfs.gluster.units import ListedDirectory
from gluster_tui.widgets.tree_layout import TreeLayout

PART = st.sampled_from([b"a", b"a-b", b"a.b", b"b", b"c"])
PATHS = st.sets(st.lists(PART, min_size=1, max_size=4).map(b"/".join), max_size=25)


def catalog_of(paths: set[bytes]) -> Catalog:
    """A catalog of these directories, and those above them."""
    inside: dict[bytes, set[bytes]] = {b"": set()}
    for path in paths:
        while path:
            above, name = os.path.split(path)
            inside.setdefault(path, set())
            inside.setdefault(above, set()).add(name)
            path = above
    catalog = Catalog(b"")
    waiting = [catalog.root]
    while waiting:
        directory = waiting.pop()
        waiting += catalog.add_listing(ListedDirectory(directory.path, sorted(inside[directory.path]), []), [])
    return catalog


def written_out(directory: CatalogDirectory, opened: set[bytes], depth: int = 0) -> list[tuple[bytes, int]]:
    """The rows of a directory and of all that shows below it."""
    rows = [(directory.path, depth)]
    if directory.path in opened:
        for child in directory.children:
            rows += written_out(child, opened, depth + 1)
    return rows


@given(PATHS, st.data())
def test_each_row_has_the_directory_that_stands_there(paths: set[bytes], data: st.DataObject) -> None:
    catalog = catalog_of(paths)
    opened = set(data.draw(st.lists(st.sampled_from(sorted(catalog.directories)))))
    layout = TreeLayout(catalog, opened)
    found = [(row.directory.path, row.depth) for row in map(layout.at, range(layout.count))]
    assert found == written_out(catalog.root, opened)


@given(PATHS, st.data())
def test_each_directory_has_the_row_where_it_stands(paths: set[bytes], data: st.DataObject) -> None:
    catalog = catalog_of(paths)
    opened = set(data.draw(st.lists(st.sampled_from(sorted(catalog.directories)))))
    layout = TreeLayout(catalog, opened)
    rows = {path: row for row, (path, _) in enumerate(written_out(catalog.root, opened))}
    assert {path: layout.row_of(catalog.directories[path]) for path in catalog.directories} == {
        path: rows.get(path) for path in catalog.directories
    }


def test_what_is_open_and_not_there_any_more_takes_no_row() -> None:
    assert TreeLayout(catalog_of({b"a"}), {b"", b"gone", b"a/gone"}).count == 2


def test_a_directory_that_its_parent_does_not_list_yet_stays_closed() -> None:
    """The loader's thread makes a directory known before it is among the children of its parent."""
    catalog = catalog_of({b"a/b/c"})
    opened = {b"", b"a", b"a/b"}
    catalog.directories[b"a"].children = ()
    layout = TreeLayout(catalog, opened)
    assert [layout.at(row).directory.path for row in range(layout.count)] == [b"", b"a"]
    assert layout.row_of(catalog.directories[b"a/b"]) is None


def test_what_is_forgotten_after_the_rows_were_made_still_stands_where_it_was() -> None:
    catalog = catalog_of({b"a/b/c", b"d"})
    layout = TreeLayout(catalog, {b"", b"a", b"a/b"})
    before = [layout.at(row) for row in range(layout.count)]
    catalog.forget(b"a")
    assert [layout.at(row) for row in range(layout.count)] == before
