"""Suggested nodes for volumes that a map misses: which, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.cluster import Cluster, Group
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.nodes import KnownNodes
from disco.dfs.gluster.suggestions import proposed_map, suggest

from .samples import a_volume


def cluster_of(*facts):
    """Volumes, each a group of its own; their hosts are known."""
    volumes = tuple(a_volume(index, **({"group": index} | fact)) for index, fact in enumerate(facts))
    groups = tuple(Group(volume.index, volume.name, "single", (volume.index,)) for volume in volumes)
    cluster = Cluster(volumes, groups, name="web")
    cluster.hosts_known = True
    return cluster


def named(*names, **facts):
    """A volume by each name, on a host that is not like it."""
    return cluster_of(*({"name": name, "host": f"host{chr(97 + i)}"} | facts for i, name in enumerate(names)))


def suggested(cluster, text, *nodes):
    known = KnownNodes(tuple(sorted(nodes)), "the list given") if nodes else None
    return suggest(cluster, HostnameMap.from_text(text, "map"), known)


def node(cluster, text, *nodes):
    """The node suggested for the only volume that the map misses, and on what ground."""
    (found,) = suggested(cluster, text, *nodes)
    return found.node, found.ground


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (b"nx01-vol1 disco-01\nnx03-vol1 disco-03\n", "nx02-vol1", "disco-02"),
        (b"nx01-vol1 disco-01\n", "nx02-vol1", "disco-02"),
        (b"nx1-vol1 disco-01\nnx3-vol1 disco-03\n", "nx2-vol1", "disco-02"),
        (b"nx01-vol1 disco1\nnx03-vol1 disco3\n", "nx02-vol1", "disco2"),
        (b"nx01-vol1 disco-11\nnx03-vol1 disco-13\n", "nx12-vol1", "disco-22"),
        (b"nx11-vol1 disco-01\nnx13-vol1 disco-03\n", "nx12-vol1", "disco-02"),
        (b"nx01-vol1 disco-01\nnx01-vol2 disco-01\n", "nx02-vol1", "disco-02"),
        (b"web-client-0 n01.example.com\nweb-client-1 n02.example.com\n", "web-client-2", "n03.example.com"),
        (b"nx09-vol1 disco-09\nnx11-vol1 disco-11\n", "nx10-vol1", "disco-10"),
        (b"nx8-vol1 disco-8\nnx10-vol1 disco-10\n", "nx9-vol1", "disco-9"),
        (b"nx10-vol1 disco-10\nnx11-vol1 disco-11\n", "nx02-vol1", "disco-02"),
        (b"nx01-vol1 rack1-01\nnx03-vol1 rack1-03\nnx04-vol1 other\n", "nx02-vol1", "rack1-02"),
    ],
)
def test_a_pattern_of_the_other_entries_gives_the_node(text, name, expected):
    assert node(named(name), text) == (expected, "pattern")


@pytest.mark.parametrize(
    "text",
    [
        b"nx01-vol1 red\nnx03-vol1 blue\n",
        b"nx01-vol1 disco-05\n",
        b"nx01-vol1 disco-04\nnx03-vol1 disco-01\nnx05-vol1 disco-09\n",
        b"other01 disco-01\nother03 disco-03\n",
    ],
    ids=["no numbers", "one entry that shows nothing", "contradictions", "other names"],
)
def test_where_there_is_no_pattern_none_is_made_up(text):
    assert node(named("nx02-vol1"), text) == ("hosta", "host")


def test_a_pattern_tells_the_entries_that_show_it():
    (found,) = suggested(named("nx02-vol1"), b"nx01-vol1 disco-01\nnx03-vol1 disco-03\n")
    assert found.reason == "by its number, as nx01-vol1 disco-01 (line 1) and nx03-vol1 disco-03 (line 2)"


def test_a_pattern_of_hosts_suggests_an_entry_for_the_host():
    (found,) = suggested(cluster_of({"name": "a", "host": "nx02"}), b"nx01 disco-01\nnx03 disco-03\n")
    assert (found.name, found.node) == ("nx02", "disco-02")


def test_the_other_volumes_of_its_host_say_most():
    cluster = cluster_of({"name": "nx01-vol1", "host": "a"}, {"name": "nx02-vol1", "host": "a"})
    assert node(cluster, b"nx01-vol1 disco-01\n") == ("disco-01", "same host")


def test_volumes_of_one_host_that_disagree_say_nothing():
    cluster = cluster_of(*({"name": name, "host": "a"} for name in ("red", "blue", "green")))
    assert node(cluster, b"red n1\nblue n2\n") == ("a", "host")


def test_an_entry_that_almost_names_the_volume_gives_its_node_and_may_be_replaced():
    (found,) = suggested(named("nx02-vol1"), b"NX02_vol1 red\n")
    assert (found.name, found.node, found.replaces) == ("nx02-vol1", "red", "NX02_vol1")


def test_a_known_node_that_is_called_as_the_host_is_suggested():
    assert node(named("v"), b"", "hosta", "hostb") == ("hosta", "known node")


def test_a_known_node_that_is_almost_called_as_the_host_is_suggested():
    assert node(named("v"), b"", "hosta.example.com") == ("hosta.example.com", "known node")


def test_the_host_itself_is_what_is_left():
    (found,) = suggested(named("v"), b"")
    assert (found.node, found.reason) == ("hosta", "its host: nothing better is known")


def test_the_next_node_in_a_row_is_not_taken_for_the_host():
    assert node(cluster_of({"name": "v", "host": "nx02"}), b"", "nx01", "nx03") == ("nx02", "host")


def test_a_node_that_is_not_known_is_passed_over():
    text = b"nx01-vol1 disco-01\nnx03-vol1 disco-03\n"
    assert node(named("nx02-vol1"), text, "hosta", "disco-01", "disco-03") == ("hosta", "known node")


def test_volumes_that_are_mapped_and_arbiters_need_none():
    cluster = cluster_of({"name": "a"}, {"name": "b", "arbiter": True})
    assert suggested(cluster, b"a n1\n") == []


def test_from_nothing_every_volume_gets_an_entry():
    cluster = cluster_of({"name": "long-name", "host": "n1"}, {"name": "b", "host": "n2"})
    assert proposed_map(cluster, HostnameMap.none()).text == b"long-name n1\nb         n2\n"


def test_a_proposal_keeps_what_there_is():
    hostmap = HostnameMap.from_text(b"# racks\n nx01-vol1  disco-01 # 1\n", "map")
    assert proposed_map(named("nx01-vol1", "nx02-vol1"), hostmap).text == (
        b"# racks\n nx01-vol1  disco-01 # 1\nnx02-vol1 disco-02\n"
    )


def test_a_proposal_keeps_lines_that_cannot_be_used_as_comments():
    hostmap = HostnameMap.from_text(b"a b c\nv n1\nv n2\n", "map", lenient=True)
    assert proposed_map(named("v"), hostmap).text == b"# a b c\nv n1\n# v n2\n"


def test_a_name_without_numbers_follows_no_pattern_of_numbers_whatever_it_is_made_of():
    hostmap = HostnameMap.from_text(b"0 n0\n", "map")
    assert [suggestion.ground for suggestion in suggest(named("#"), hostmap, None)] == ["host"]


WORD = st.text("abnx012-_.:/#A", min_size=1, max_size=8)


@given(st.lists(st.tuples(WORD, WORD), max_size=5), st.lists(st.tuples(WORD, WORD), max_size=6), st.lists(WORD))
def test_a_proposal_is_a_map_that_misses_no_volume_whose_name_a_map_can_hold(volumes, entries, nodes):
    cluster = cluster_of(*({"name": name, "host": host} for name, host in volumes))
    text = "".join(f"{name} {node}\n" for name, node in entries).encode()
    known = KnownNodes(tuple(sorted(set(nodes))), "x") if nodes else None
    hostmap = HostnameMap.from_text(text, "map", lenient=True)
    proposed = proposed_map(cluster, hostmap, known)
    strict = HostnameMap.from_text(proposed.text, "map")
    names = {suggestion.volume for suggestion in suggest(cluster, hostmap, known)}
    for volume in cluster.volumes:
        assert strict.assign(volume).entry or volume.index not in names


@given(st.lists(st.tuples(WORD, WORD), max_size=6))
def test_suggestions_are_always_the_same(entries):
    text = "".join(f"{name} {node}\n" for name, node in entries).encode()
    cluster = named("nx02-vol1", "nx03-vol1", "abn")
    first, second = (suggest(cluster, HostnameMap.from_text(text, "map", lenient=True)) for _ in range(2))
    assert first == second
