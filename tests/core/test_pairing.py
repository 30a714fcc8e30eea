"""Which brick of an attribute is which volume of the graph, rule by rule."""

from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.pairing import pair
from disco.dfs.gluster.pathinfo import Brick

from .samples import a_volume


def volumes(*configured, **facts):
    """Volumes of which (host, brick) or a host alone is known."""
    pairs = [(item, "/data/b1") if isinstance(item, str) else item for item in configured]
    return [a_volume(i, configured_host=host, brick=brick, **facts) for i, (host, brick) in enumerate(pairs)]


def paired(bricks, candidates):
    """The index of the volume of each brick, in the order of the bricks."""
    pairs = pair(bricks, candidates)
    return [pairs.get(brick) for brick in bricks]


def on(*hosts, base="/data/b1"):
    return [Brick(host, base) for host in hosts]


def test_host_and_directory_together_pair_first():
    candidates = volumes(("nx01", "/data/b1"), ("nx01", "/data/b2"), ("nx02", "/data/b1"), ("nx02", "/data/b2"))
    bricks = [
        Brick("nx02", "/data/b2"),
        Brick("nx01", "/data/b2"),
        Brick("nx02", "/data/b1"),
        Brick("nx01", "/data/b1"),
    ]
    assert paired(bricks, candidates) == [3, 1, 2, 0]


def test_a_directory_of_its_own_pairs_whatever_the_hosts():
    candidates = volumes(("10.0.0.1", "/data/b1"), ("10.0.0.2", "/data/b2"))
    assert paired([Brick("nx02", "/data/b2"), Brick("nx01", "/data/b1")], candidates) == [1, 0]


def test_equal_hosts_pair_where_the_graph_names_no_directory():
    candidates = volumes(("nx01", "vol1"), ("nx02", "vol1"))
    assert paired(on("nx02", "nx01"), candidates) == [1, 0]


def test_hosts_pair_by_their_short_names():
    candidates = volumes("nx01.cluster.example.org", "nx02.cluster.example.org")
    assert paired(on("nx02", "nx01"), candidates) == [1, 0]


def test_a_long_host_of_a_brick_pairs_with_a_short_one_of_the_graph():
    assert paired(on("nx02.example.org", "nx01.example.org"), volumes("nx01", "nx02")) == [1, 0]


def test_addresses_have_no_short_name():
    candidates = volumes("10.77.2.3", "nx01")
    assert paired(on("10.99.9.9", "nx01"), candidates) == [0, 1]


def test_a_host_pairs_with_its_name_on_another_network():
    candidates = volumes("nx02-ib", "nx01-ib", "nx03-ib")
    assert paired(on("nx01", "nx02", "nx03"), candidates) == [1, 0, 2]


def test_a_host_is_not_taken_for_one_whose_name_begins_alike():
    candidates = volumes("nx011-ib", "nx01-ib")
    assert paired(on("nx01", "nx011"), candidates) == [1, 0]


def test_hosts_pair_without_regard_to_case_on_another_network():
    assert paired(on("nx01", "NX02"), volumes("nx02-ib", "NX01-ib")) == [1, 0]


def test_a_host_pairs_with_a_volume_that_is_named_after_it():
    candidates = [a_volume(i, name=f"nx0{i}-vol1", configured_host="127.0.0.1", brick="vol1") for i in (1, 2, 3)]
    assert paired(on("nx03", "nx01", "nx02"), candidates) == [3, 1, 2]


def test_the_last_brick_is_paired_with_the_last_volume():
    candidates = volumes("gnode01", "gnode02-ib", "10.77.2.3")
    assert paired(on("gnode03", "gnode02", "gnode01"), candidates) == [2, 1, 0]


def test_where_nothing_tells_bricks_apart_they_pair_in_order():
    assert paired(on("b", "a", "c"), volumes("10.0.0.1", "10.0.0.2", "10.0.0.3")) == [1, 0, 2]


def test_where_nothing_tells_volumes_apart_those_online_pair_first():
    candidates = [
        a_volume(0, configured_host="10.0.0.1", online=False),
        a_volume(1, configured_host="10.0.0.2", online=True),
    ]
    assert paired(on("nx09"), candidates) == [1]


def test_a_host_known_by_address_is_not_paired_with_a_name_of_another():
    assert paired(on("gnode03"), volumes("gnode01", "gnode02-ib", "10.77.2.3")) == [2]


def test_a_host_known_by_ipv6_address_is_not_paired_with_a_name_of_another():
    assert paired(on("gnode03"), volumes("gnode01", "gnode02-ib", "fd00::3")) == [2]


TWO_BRICKS_A_HOST = [(host, base) for base in ("/b1", "/b2") for host in ("gnode01", "gnode02-ib", "10.77.2.3")]


def test_among_bricks_of_one_directory_the_host_on_another_network_tells():
    assert paired([Brick("gnode02", "/b2")], volumes(*TWO_BRICKS_A_HOST)) == [4]


def test_among_bricks_of_one_directory_the_short_host_tells():
    candidates = volumes(("nx01.org", "/b1"), ("nx02.org", "/b1"), ("nx01.org", "/b2"), ("nx02.org", "/b2"))
    assert paired([Brick("nx02", "/b2")], candidates) == [3]


def test_where_the_host_does_not_tell_the_directory_still_does():
    assert paired([Brick("gnode03", "/b2")], volumes(*TWO_BRICKS_A_HOST)) == [5]


def test_no_brick_takes_the_volume_of_anothers_directory():
    candidates = volumes(("10.0.0.1", "/b1"), ("10.0.0.2", "/b1"), ("10.0.0.3", "/b2"), ("10.0.0.4", "/b2"))
    bricks = [Brick("a", "/other"), Brick("b", "/b1"), Brick("c", "/b1"), Brick("d", "/b2")]
    assert paired(bricks, candidates) == [3, 0, 1, 2]


def test_a_uuid_pairs_by_its_directory():
    candidates = volumes(("nx01", "/data/b1"), ("nx02", "/data/b2"))
    assert paired([Brick("e147daaf-9d03-48bb-8a5f-66d6da40a2df", "/data/b2")], candidates) == [1]


def test_a_brick_too_many_is_left_out():
    assert paired(on("nx01", "evil"), volumes("nx01")) == [0, None]


def test_a_brick_given_twice_is_one():
    assert pair(on("nx01", "nx01"), volumes("nx01", "nx02")) == {Brick("nx01", "/data/b1"): 0}


def test_no_bricks_make_no_pairs():
    assert pair([], volumes("nx01")) == {}


HOST = st.sampled_from(["nx01", "nx01.example.org", "nx01-ib", "nx02", "10.0.0.1", "10.0.0.2", ""])
BASE = st.sampled_from(["/b1", "/b2", "vol1", ""])
BRICKS = st.lists(st.builds(Brick, HOST, BASE), max_size=6)
VOLUMES = st.lists(st.tuples(HOST, BASE, st.sampled_from([True, False, None])), max_size=6).map(
    lambda facts: [a_volume(i, configured_host=h, brick=b, online=o) for i, (h, b, o) in enumerate(facts)]
)


@given(BRICKS, VOLUMES)
def test_no_volume_is_paired_twice(bricks, candidates):
    taken = list(pair(bricks, candidates).values())
    assert len(taken) == len(set(taken))


@given(BRICKS, VOLUMES)
def test_as_many_are_paired_as_there_are(bricks, candidates):
    assert len(pair(bricks, candidates)) == min(len(set(bricks)), len(candidates))


@given(BRICKS, VOLUMES, st.randoms())
def test_the_order_of_the_bricks_does_not_matter(bricks, candidates, random):
    shuffled = random.sample(bricks, len(bricks))
    assert pair(shuffled, candidates) == pair(bricks, candidates)
