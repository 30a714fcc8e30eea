"""Names, sizes and nodes on the screen: harmless, within their width, the same everywhere."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from disco.dfs.gluster.errors import can_be_shown
from gluster_tui.display import MATCH, NodeColours, by_words, cut_middle, name_text, shown, size_text, wrapped
from tests.core.samples import ODD_NAMES

# Characters of no width, of two cells, and those that make the one before them wider, besides all others.
CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]), st.sampled_from("e\u0301\u200d\ufe0f❤日😀👍🏽🇩\u202e\x1b\x9b\t")
)
TEXTS = st.text(CHARACTERS, max_size=80)
NAMES = st.one_of(st.binary(min_size=1, max_size=255), TEXTS.map(str.encode))
WIDTHS = st.integers(0, 60)
hard = settings(deadline=None)


@given(NAMES)
@hard
def test_a_name_shows_no_character_that_a_terminal_acts_on(name: bytes) -> None:
    assert name_text(name).plain.isprintable()


@given(NAMES)
@hard
def test_a_name_that_can_be_shown_is_shown_as_it_is(name: bytes) -> None:
    if can_be_shown(os.fsdecode(name)):
        assert name_text(name).plain == os.fsdecode(name)


@given(NAMES, WIDTHS)
@hard
def test_a_name_that_is_cut_is_never_wider_than_asked(name: bytes, width: int) -> None:
    assert cut_middle(name_text(name), width).cell_len <= width


@given(NAMES, WIDTHS)
@hard
def test_a_name_that_is_cut_keeps_its_beginning_and_its_end(name: bytes, width: int) -> None:
    whole = name_text(name)
    cut = cut_middle(whole, width).plain
    if whole.cell_len <= width:
        assert cut == whole.plain
    elif width:
        head, _, tail = cut.partition("…")
        assert whole.plain.startswith(head)
        assert whole.plain.endswith(tail)


def test_a_name_is_cut_in_its_middle() -> None:
    assert cut_middle(Text("access-2006-07-01.log.gz"), 11).plain == "acces…og.gz"


@given(NAMES, WIDTHS)
@hard
def test_a_name_that_is_wrapped_is_whole_and_never_wider_than_asked(name: bytes, width: int) -> None:
    whole = name_text(name)
    lines = wrapped(whole, width)
    assert "".join(line.plain for line in lines) == whole.plain
    assert max(line.cell_len for line in lines) <= max(width, 2)


@given(TEXTS.map(shown), st.integers(2, 60))
@hard
def test_a_sentence_in_lines_keeps_every_word_and_is_never_wider_than_asked(words: str, width: int) -> None:
    lines = by_words(words, width)
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert max(map(cell_len, lines), default=0) <= width


def test_a_sentence_is_broken_between_words() -> None:
    assert by_words("None of the files matches the filter.", 14) == ["None of the", "files matches", "the filter."]


@pytest.mark.parametrize("kind", ["escape", "newline", "not UTF-8", "line separators", "unseen"])
def test_what_cannot_be_shown_stands_as_an_escape_in_a_style_of_its_own(kind: str) -> None:
    text = name_text(ODD_NAMES[kind])
    escapes = [text.plain[span.start : span.end] for span in text.spans if "italic" in str(span.style)]
    assert escapes
    assert all(part.startswith("\\") for part in escapes)


@pytest.mark.parametrize("name", ["[red]", "[@click=app.bell]x", "[/]", "{0}"])
def test_markup_in_a_name_is_a_name(name: str) -> None:
    text = name_text(name)
    assert (text.plain, text.spans) == (name, [])


def test_marks_are_counted_in_bytes_and_never_split_a_character() -> None:
    text = name_text("größe".encode(), marks=[(3, 4)])  # the second byte of ö
    assert [text.plain[span.start : span.end] for span in text.spans if span.style == MATCH] == ["ö"]


@pytest.mark.parametrize(
    ("size", "words"),
    [(-1, "?"), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (34_200_000_000, "34.2 GB")],
)
def test_a_size_stands_in_three_digits_and_a_unit(size: int, words: str) -> None:
    assert size_text(size) == words


def test_a_node_has_the_same_colour_whatever_order_it_is_met_in() -> None:
    there, back = NodeColours(["a", "b", "c"]), NodeColours(["c", "b", "a", "a"])
    assert [there.style(node) for node in "abc"] == [back.style(node) for node in "abc"]


def test_sixty_four_nodes_have_sixty_four_colours() -> None:
    nodes = [f"node-{number:02}" for number in range(64)]
    colours = NodeColours(nodes)
    assert len({colours.style(node) for node in nodes}) == 64


def test_the_chip_of_a_host_that_stands_in_for_a_node_is_hollow() -> None:
    colours = NodeColours(["nx04"])
    assert colours.chip("nx04", mapped=True).plain == "● nx04"
    assert colours.chip("nx04", mapped=False).plain == "○ nx04"
