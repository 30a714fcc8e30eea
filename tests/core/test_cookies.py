"""Which client a directory entry's cookie names, held against a second reading of the same description.

The description says how clients write their number into a cookie, and how it is read again. Both are here once more,
in digits and remainders where the code has masks.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.cookies import UNKNOWN, groups_of

MOST_LEAVES = 300
NOTHING = (0, 2**64 - 1)


def digits_for(leaves):
    """How many binary digits it takes to tell so many apart."""
    return next(digits for digits in range(64) if 2**digits >= leaves)


def written(entry, client, leaves):
    """The cookie that a client makes of the brick's own cookie of an entry."""
    if entry in NOTHING or leaves == 1:
        return entry
    digits = digits_for(leaves)
    if entry < 2 ** (62 - digits):
        return entry * leaves + client
    upper = entry // 2 ** (digits + 1) * 2**digits % 2**62  # one digit is lost to the mark, the others to the number
    return 2**62 + upper + client


def read(cookie, leaves):
    """The client that a cookie names, None where it names none."""
    if cookie in NOTHING:
        return None
    if leaves == 1:
        return 0
    marked = format(cookie, "064b")[1] == "1"
    client = int(format(cookie, "064b")[64 - digits_for(leaves) :], 2) if marked else cookie % leaves
    return client if client < leaves else None


def clients(cookies, leaves):
    """The clients that the code reads, each leaf being a group of its own."""
    return [None if group == UNKNOWN else group for group in groups_of(cookies, range(leaves))]


LEAVES = st.integers(1, MOST_LEAVES)
# Of any length in bits: numbers drawn evenly would nearly all be long.
COOKIE = st.integers(0, 64).flatmap(lambda bits: st.integers(0, 2**bits - 1))
MARKED = COOKIE.map(lambda cookie: cookie | 1 << 62)
PLAIN = COOKIE.map(lambda cookie: cookie & ~(1 << 62))


@given(LEAVES, st.lists(MARKED))
def test_a_marked_cookie_names_the_client_of_its_last_digits(leaves, cookies):
    assert clients(cookies, leaves) == [read(cookie, leaves) for cookie in cookies]


@given(LEAVES, st.lists(PLAIN))
def test_another_cookie_names_the_client_of_its_remainder(leaves, cookies):
    assert clients(cookies, leaves) == [read(cookie, leaves) for cookie in cookies]


@pytest.mark.parametrize("leaves", range(1, MOST_LEAVES + 1))
def test_for_every_number_of_leaves_each_client_is_read_in_both_ways(leaves):
    marked = [(1 << 62) + (5 << 20) + client for client in range(leaves)]
    plain = [leaves * 5 + client for client in range(leaves)]
    assert clients([*marked, *plain], leaves) == [*range(leaves), *range(leaves)]


LEAVES_AND_CLIENT = LEAVES.flatmap(lambda leaves: st.tuples(st.just(leaves), st.integers(0, leaves - 1)))
ENTRY = COOKIE.filter(lambda entry: entry not in NOTHING)


@given(LEAVES_AND_CLIENT, ENTRY)
def test_what_a_client_wrote_names_that_client(leaves_and_client, entry):
    leaves, client = leaves_and_client
    assert clients([written(entry, client, leaves)], leaves) == [client]


@pytest.mark.parametrize("leaves", [2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 300])
def test_what_a_client_wrote_names_it_on_both_sides_of_the_border_between_the_two_ways(leaves):
    border = 2 ** (62 - digits_for(leaves))
    made = [written(border + offset, client, leaves) for offset in (-1, 0, 1) for client in range(leaves)]
    assert clients(made, leaves) == [*range(leaves)] * 3


@pytest.mark.parametrize("cookie", NOTHING)
@pytest.mark.parametrize("leaves", [1, 2, 3, 300])
def test_two_cookies_say_nothing(leaves, cookie):
    assert groups_of([cookie], [7] * leaves) == [UNKNOWN]


@pytest.mark.parametrize("cookie", NOTHING)
def test_beside_a_cookie_that_says_nothing_others_are_read(cookie):
    assert groups_of([9, cookie, 11], [0, 1, 2]) == [0, UNKNOWN, 2]


@given(st.integers(1, 2**64 - 2))
def test_of_a_single_client_every_cookie_is_its_own(cookie):
    assert groups_of([cookie], [7]) == [7]


@pytest.mark.parametrize("leaves", [3, 5, 6, 7, 9, 300])
def test_a_number_that_no_leaf_has_is_unknown(leaves):
    beyond = range(leaves, 2 ** digits_for(leaves))
    assert groups_of([1 << 62 | number for number in beyond], [0] * leaves) == [UNKNOWN] * len(beyond)


def test_clients_of_one_group_name_that_group():
    assert groups_of([4, 5, 6, 7], [3, 3, 8, 8]) == [3, 3, 8, 8]


def test_a_leaf_that_is_no_brick_is_unknown():
    assert groups_of([4, 5, 6, 7], [0, UNKNOWN, 1, 1]) == [0, UNKNOWN, 1, 1]


def test_an_entry_of_a_leaf_that_counts_twice_is_of_its_group_by_either_number():
    assert groups_of([3, 5], [0, 1, 0]) == [0, 0]


def test_no_cookies_name_no_groups():
    assert groups_of([], [0, 1]) == []
