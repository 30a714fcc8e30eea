"""The text of a map: its lines, and edits that leave every other byte as it is."""

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.errors import HostnameMapError
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.map_grammar import EntryLine, FaultyLine
from disco.dfs.gluster.map_text import MapText, written_fault

WORD = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="#/\ufeff"), min_size=1, max_size=8)
SPACE = st.text(" \t", min_size=1, max_size=4)
COMMENT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=10).map(lambda words: "#" + words)
ENDING = st.sampled_from(["\n", "\r\n"])


@st.composite
def maps(draw):
    """A usable map with odd spacing, comments and line endings: its lines, and the number of each entry by name."""
    names = draw(st.lists(WORD, unique=True, min_size=1, max_size=6))
    lines, numbers = [], {}
    for name in names:
        for filler in draw(st.lists(st.one_of(st.just(""), SPACE, COMMENT), max_size=2)):
            lines.append(filler + draw(ENDING))
        numbers[name] = len(lines)
        before, tail = (
            draw(st.one_of(st.just(""), SPACE)),
            draw(st.one_of(st.just(""), SPACE, COMMENT.map(" ".__add__))),
        )
        lines.append(before + name + draw(SPACE) + draw(WORD) + tail + draw(ENDING))
    if draw(st.booleans()):
        lines[-1] = lines[-1].rstrip("\r\n")
    return draw(st.sampled_from(["", "\ufeff"])), lines, numbers


def parse(text):
    return MapText.parse(text)


def kinds(text):
    return [type(line).__name__ for line in parse(text).lines]


@given(st.binary())
def test_any_bytes_are_kept(text):
    assert parse(text).text == text


@given(maps(), st.data(), WORD)
def test_an_edit_changes_the_node_of_one_line_and_no_other_byte(made, data, node):
    mark, lines, numbers = made
    name = data.draw(st.sampled_from(sorted(numbers)))
    text = (mark + "".join(lines)).encode()
    edited = parse(text).with_nodes({name: node}).text
    old = HostnameMap.from_text(text, "map").entries[name].node
    head, found, tail = lines[numbers[name]].partition(name)
    expected = [*lines]
    expected[numbers[name]] = head + found + tail.replace(old, node, 1)
    assert edited == (mark + "".join(expected)).encode()


@given(maps(), WORD, WORD)
def test_a_new_entry_is_added_behind_what_is_there(made, name, node):
    mark, lines, numbers = made
    text = (mark + "".join(lines)).encode()
    if name in numbers:
        return
    edited = parse(text).with_nodes({name: node}).text
    assert edited.startswith(text)
    assert edited[len(text) :].split() == f"{name} {node}".encode().split()


@given(maps(), WORD, WORD)
def test_what_was_edited_is_read_back_by_the_strict_reader(made, name, node):
    mark, lines, _ = made
    edited = parse((mark + "".join(lines)).encode()).with_nodes({name: node}).text
    assert HostnameMap.from_text(edited, "map").entries[name].node == node


@given(maps(), st.data())
def test_an_entry_that_is_removed_takes_its_line_along_and_no_other_byte(made, data):
    mark, lines, numbers = made
    name = data.draw(st.sampled_from(sorted(numbers)))
    edited = parse((mark + "".join(lines)).encode()).without(name).text
    assert edited == (mark + "".join(line for number, line in enumerate(lines) if number != numbers[name])).encode()


@given(st.one_of(st.binary(), st.text("ab \n#\r/:\x1b").map(str.encode)))
def test_the_strict_and_the_lenient_reader_agree(text):
    faulty = parse(text).faulty
    with contextlib.suppress(HostnameMapError):
        strict = HostnameMap.from_text(text, "map")
        assert not faulty
        assert parse(text).to_hostname_map("map").entries == strict.entries
        return
    assert faulty or any(len(set(nodes)) > 1 for nodes in parse(text).nodes().values())


@given(st.one_of(st.binary(), st.text("ab \n#\r/:\x1b").map(str.encode)))
def test_what_is_left_without_faults_is_taken_by_the_strict_reader(text):
    left = parse(text).without_faults()
    assert HostnameMap.from_text(left.text, "map").entries == parse(text).to_hostname_map("map").entries


@given(st.text(min_size=1), st.text(min_size=1))
def test_words_that_a_file_may_hold_are_read_back(name, node):
    if written_fault(name, node) is None:
        text = os.fsencode(f"{name} {node}\n")
        assert HostnameMap.from_text(text, "map").entries[name].node == node


def test_lines_are_entries_plain_or_faulty():
    assert kinds(b"# x\n\na n1\nb\n") == ["PlainLine", "PlainLine", "EntryLine", "FaultyLine"]


def test_an_entry_tells_its_columns():
    (line,) = parse(b"  gr\xc3\xb6n \t n1\n").lines
    assert isinstance(line, EntryLine)
    assert (line.column, line.node_column) == (3, 10)


@pytest.mark.parametrize(
    ("text", "column", "fact"),
    [
        (b" a\n", 3, "expected 'volume node', found one word"),
        (b"a b  c d\n", 6, "expected 'volume node', found 4 words"),
        (b"a  ra/n1\n", 6, "the node name 'ra/n1' holds a '/'"),
        (b"a n\x1b1\n", 4, "the node name 'n\\x1b1' holds a control character"),
        (b" /b n1\n", 2, "the name '/b' holds a '/' and is not of the form host:/brick"),
        (b"\xef\xbb\xbfa\n", 2, "expected 'volume node', found one word"),
    ],
)
def test_a_faulty_line_tells_its_column_and_why(text, column, fact):
    (line,) = parse(text).lines
    assert isinstance(line, FaultyLine)
    assert (line.column, line.fact) == (column, fact)


def test_all_faulty_lines_are_told():
    assert [line.number for line in parse(b"a\nb n\nc d e\n").faulty] == [1, 3]


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        (b"", b"v n\n"),
        (b"a n1\n", b"a n1\nv n\n"),
        (b"a n1", b"a n1\nv n\n"),
        (b"a n1\r\n", b"a n1\r\nv n\r\n"),
        (b"a n1\r\nb n2", b"a n1\r\nb n2\r\nv n\r\n"),
        (b"\xef\xbb\xbf", b"\xef\xbb\xbfv n\n"),
        (b"  v\tx # rack 3\n", b"  v\tn # rack 3\n"),
        (b"\xef\xbb\xbfv x", b"\xef\xbb\xbfv n"),
        (b"v x\nv y\n", b"v n\nv n\n"),
        (b"v v\n", b"v n\n"),
        (b"v\n", b"v\nv n\n"),
    ],
)
def test_an_entry_is_set(text, edited):
    assert parse(text).with_nodes({"v": "n"}).text == edited


@pytest.mark.parametrize(
    ("name", "node"),
    [("#v", "n"), ("v", "#n"), ("v w", "n"), ("v", "a/b"), ("", "n"), ("\ufeffv", "n"), ("\ud800", "n"), ("v", "n\n")],
)
def test_words_that_a_file_cannot_hold_are_refused(name, node):
    with pytest.raises(HostnameMapError):
        parse(b"").with_nodes({name: node})


def test_a_line_can_be_written_anew():
    assert parse(b"a\r\nb n\r\n").with_line(1, "a n1").text == b"a n1\r\nb n\r\n"


@pytest.mark.parametrize("words", ["a n\nb n", "\ud800", "\ufeffa n"])
def test_a_line_is_one_line(words):
    with pytest.raises(HostnameMapError):
        parse(b"a\n").with_line(1, words)


def test_a_line_can_be_removed():
    assert parse(b"a\nb n\n").without_line(1).text == b"b n\n"
