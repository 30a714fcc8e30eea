"""Where a string stands in a block, found in several ways: as the plain search of bytes finds it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster import byte_search
from disco.dfs.gluster.byte_search import first_place, places

TEXT = st.text(alphabet="ab\0\n.", max_size=40).map(str.encode)
NEEDLE = st.text(alphabet="ab.", min_size=1, max_size=5).map(str.encode)
GAPS = st.sampled_from([0, 1, 4090, 4096, 4097, 9000])  # bytes before the text: places are rare behind many


@st.composite
def blocks(draw):
    parts = draw(st.lists(st.tuples(GAPS, TEXT), min_size=1, max_size=4))
    return b"".join(b"-" * gap + text for gap, text in parts)


def plain_places(block, needle):
    return [found.start() for found in re.finditer(re.escape(needle), block)]


@given(blocks(), NEEDLE)
def test_the_first_place_is_that_of_the_plain_search(block, needle):
    assert first_place(block, needle) == block.find(needle)


@given(blocks(), NEEDLE, st.integers(0, 5000))
def test_the_first_place_from_some_place_on_is_that_of_the_plain_search(block, needle, start):
    assert first_place(block, needle, start) == block.find(needle, start)


@given(blocks(), NEEDLE)
def test_all_places_are_those_of_the_plain_search(block, needle):
    first = block.find(needle)
    assert first < 0 or list(places(block, needle, first)) == plain_places(block, needle)


@given(blocks(), NEEDLE)
def test_the_same_is_found_where_the_c_library_has_no_such_search(block, needle):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_search, "_memmem", None)
        first = first_place(block, needle)
        assert first == block.find(needle)
        assert first < 0 or list(places(block, needle, first)) == plain_places(block, needle)


def test_a_string_that_ends_the_block_is_found():
    assert first_place(b"-" * 5000 + b"abc", b"abc") == 5000


def test_a_string_is_not_found_behind_the_end_of_the_block():
    assert first_place(b"-" * 5000 + b"abc", b"abcd") == -1


def test_a_string_longer_than_the_block_is_not_found():
    assert first_place(b"ab", b"abc") == -1
