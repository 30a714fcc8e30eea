"""Names that are almost another: which, and what the words say that differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.near_misses import NameIndex, compared


def near(name, *names):
    """The names that are found near, the nearest first."""
    return [miss.other for miss in NameIndex(names).near(name)]


@pytest.mark.parametrize(
    ("name", "other", "differences", "words"),
    [
        ("nx02", "nx02.example.com", ("domain",), "has the domain '.example.com'"),
        ("nx02.example.com", "nx02", ("domain",), "lacks the domain '.example.com'"),
        ("nx02.a.org", "nx02.b.org", ("domain",), "has the domain '.b.org' in place of '.a.org'"),
        ("nx02-vol1", "NX02-vol1", ("case",), "upper and lower case differ"),
        ("nx02-vol1", "nx02_vol1", ("separator",), "'-' and '_' are exchanged"),
        ("nx02", "nx2", ("padding",), "zeros before a number: 'nx2' in place of 'nx02'"),
        ("nx2", "nx002", ("padding",), "zeros before a number: 'nx002' in place of 'nx2'"),
        ("nx02-vol1", "nx03-vol1", ("digit",), "one digit apart: '3' in place of '2'"),
        ("nx02-vol1", "nx2-vol11", (), None),
        ("nx02-vol1", "ny02-vol1", ("letter",), "one letter apart: 'y' in place of 'x'"),
        ("nx02-vol1", "nx02-vol12", ("digit",), "one digit more: '2'"),
        ("nx02-vol1", "nx02-vl1", ("letter",), "one letter less: it lacks 'o'"),
        ("nx02-vol1", "nx02+vol1", ("character",), "one character apart: '+' in place of '-'"),
        ("nx02-vol1", "nx20-vol1", ("order",), "two characters have changed places: '20' in place of '02'"),
        ("nx02", "NX2.example.com", ("case", "padding", "domain"), None),
        ("nx02:/data/b1", "nx02.example.com:/data/b1", ("domain",), "has the domain '.example.com'"),
        ("nx02:/data/b1", "nx02:/data/b2", ("digit",), "one digit apart: '2' in place of '1'"),
        ("nx02", "nx\x1b02", ("character",), "one character more: '\\x1b'"),
    ],
)
def test_what_differs_is_told(name, other, differences, words):
    (miss,) = NameIndex([other]).near(name) or [None]
    assert (miss.differences if miss else ()) == differences
    assert words is None or miss.words == words


def test_a_name_is_not_near_itself():
    assert near("nx02", "nx02") == []


def test_a_dot_in_an_address_sets_no_domain_apart():
    assert near("10.77.2.2", "10.0.0.1", "10") == []


def test_a_digit_of_an_address_may_be_apart():
    assert near("10.77.2.2", "10.77.2.3") == ["10.77.2.3"]


def test_bricks_with_other_directories_are_not_near():
    assert near("nx02:/data/b1", "nx02.example.com:/other") == []


def test_the_nearest_comes_first():
    assert near("nx02", "nx03", "nx02.example.com", "NX02") == ["NX02", "nx02.example.com", "nx03"]


def test_some_near_misses_are_enough():
    assert len(near("nx02", *(f"nx0{letter}" for letter in "abcdefghij"))) == 5


def test_a_name_that_is_too_long_to_be_taken_apart_is_still_found_by_its_case():
    assert near("n" * 5000, "N" * 5000, "n" * 4999) == ["N" * 5000]


NAME = st.text("ab01-_.:/A", min_size=1, max_size=6)


@given(NAME, st.lists(NAME))
def test_the_index_finds_what_comparing_with_every_name_finds(name, names):
    found = NameIndex(names).near(name)
    every = {other for other in names if compared(name, other)}
    assert {miss.other for miss in found} <= every
    assert len(found) == min(len(every), 5)
