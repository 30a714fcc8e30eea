"""The edits of one on the file of another: name by name."""

import pytest

from disco.dfs.gluster.map_merging import Conflict, merge
from disco.dfs.gluster.map_text import MapText

BASE = b"# racks\na n1\nb n2\n"


def merged(mine, theirs, base=BASE):
    return merge(*(MapText.parse(text) for text in (base, mine, theirs)))


@pytest.mark.parametrize(
    ("mine", "theirs", "text"),
    [
        (b"# racks\na n9\nb n2\n", BASE, b"# racks\na n9\nb n2\n"),
        (BASE, b"a n1\nb n8\n", b"a n1\nb n8\n"),
        (b"# racks\na n9\nb n2\n", b"# theirs\nb n8\na n1\n", b"# theirs\nb n8\na n9\n"),
        (b"# racks\na n1\nb n2\nc n3\n", b"a n1\nb n2\nd n4\n", b"a n1\nb n2\nd n4\nc n3\n"),
        (b"# racks\nb n2\n", BASE, b"# racks\nb n2\n"),
        (b"# racks\na n9\nb n2\n", b"a n9\nb n2\n", b"a n9\nb n2\n"),
        (b"# racks\nb n2\n", b"b n2\n", b"b n2\n"),
    ],
    ids=["mine alone", "theirs alone", "both", "both added", "mine removed", "both alike", "both removed"],
)
def test_what_only_one_changed_is_changed(mine, theirs, text):
    assert (merged(mine, theirs).text.text, merged(mine, theirs).conflicts) == (text, ())


@pytest.mark.parametrize(
    ("mine", "theirs", "conflict"),
    [
        (b"a n8\nb n2\n", b"a n9\nb n2\n", Conflict("a", "n1", "n8", "n9")),
        (b"b n2\n", b"a n9\nb n2\n", Conflict("a", "n1", None, "n9")),
        (b"a n8\nb n2\n", b"b n2\n", Conflict("a", "n1", "n8", None)),
        (BASE + b"c n3\n", BASE + b"c n4\n", Conflict("c", None, "n3", "n4")),
    ],
    ids=["changed", "removed here", "removed there", "added"],
)
def test_what_both_changed_is_a_conflict(mine, theirs, conflict):
    assert merged(mine, theirs).conflicts == (conflict,)


def test_in_a_conflict_the_file_stands():
    assert merged(b"a n8\nb n2\n", b"a n9\nb n2\n").text.text == b"a n9\nb n2\n"


@pytest.mark.parametrize("mended", [b"a n1", b"# a", b"a n1 # x", b"a b c"])
def test_a_faulty_line_that_was_mended_here_is_mended_where_it_stands(mended):
    mine = mended + b"\nb n2\n"
    assert merged(mine, b"# theirs\na\nb n3\n", base=b"a\nb n2\n").text.text == b"# theirs\n" + mended + b"\nb n3\n"


def test_a_faulty_line_that_was_removed_here_is_removed():
    assert merged(b"b n2\n", b"a\nb n3\n", base=b"a\nb n2\n").text.text == b"b n3\n"


def test_a_faulty_line_that_they_have_changed_stays_theirs():
    assert merged(b"a n1\nb n2\n", b"a x y\nb n2\n", base=b"a\nb n2\n").text.text == b"a x y\nb n2\na n1\n"


def test_a_second_line_of_a_name_that_was_removed_here_is_removed():
    assert merged(b"a n1\n", b"a n1\na n2\nc n3\n", base=b"a n1\na n2\n").text.text == b"a n1\nc n3\n"


def test_a_conflict_in_words():
    assert Conflict("a", None, "n\x1b", "n9").words == "a: n\\x1b here, n9 in the file, and no entry before"
