"""Which volumes of a group a file can be read from."""

import pytest

from disco.dfs.gluster.attributes import RawPlacement
from disco.dfs.gluster.cluster import Cluster
from disco.dfs.gluster.errors import PathinfoError
from disco.dfs.gluster.graph import parse_volfile
from disco.dfs.gluster.pathinfo import Brick
from disco.dfs.gluster.placement import Placements
from disco.dfs.gluster.units import GroupAnswer

from .samples import bricks, web_cluster


def raw(*hosts, group="web-replicate-0", base="/data/b1", way="attribute"):
    return RawPlacement(way, group, bricks(*hosts, base=base))


def of_graph(data, name):
    return parse_volfile((data / name).read_bytes()).cluster()


def test_replicas_that_answered_are_usable():
    assert Placements(web_cluster()).of(raw("nx01", "nx02")).usable == (0, 1)


def test_usable_volumes_come_in_the_order_of_the_graph():
    assert Placements(web_cluster()).of(raw("nx02", "nx01")).usable == (0, 1)


def test_a_replica_that_did_not_answer_is_absent():
    assert Placements(web_cluster()).of(raw("nx02")).absent == (0,)


def test_a_file_with_an_absent_replica_is_degraded():
    assert Placements(web_cluster()).of(raw("nx02")).degraded


def test_a_file_with_all_its_replicas_is_not_degraded():
    assert not Placements(web_cluster()).of(raw("nx01", "nx02")).degraded


def test_an_arbiter_is_not_usable(data):
    placement = Placements(of_graph(data, "volfile-arbiter.vol")).of(
        raw("gnode01", "gnode02", "gnode03", group="arb-replicate-0", base="/srv/b1/arb")
    )
    assert placement.usable == (0, 1)


def test_an_arbiter_that_did_not_answer_is_not_absent(data):
    placement = Placements(of_graph(data, "volfile-arbiter.vol")).of(
        raw("gnode01", "gnode02", group="arb-replicate-0", base="/srv/b1/arb")
    )
    assert placement.absent == ()


def test_of_a_dispersed_file_the_whole_group_is_usable(data):
    placements = Placements(of_graph(data, "volfile-disperse.vol"))
    assert placements.of(raw("gnode02", group="", base="/srv/b2/dd")).usable == (3, 4, 5)


def test_of_a_dispersed_file_a_volume_that_is_offline_is_absent(data):
    cluster = of_graph(data, "volfile-disperse.vol")
    cluster.set_states({"ddisp-client-3": False})
    assert Placements(cluster).of(raw("gnode02", group="", base="/srv/b2/dd")).absent == (3,)


def test_a_placement_tells_how_it_is_known():
    assert Placements(web_cluster()).of(raw("nx01", way="location")).known_by == "location"


def test_files_that_lie_alike_share_one_placement():
    placements = Placements(web_cluster())
    assert placements.of(raw("nx01", "nx02")) is placements.of(raw("nx02", "nx01"))


def test_without_a_graph_a_group_may_still_grow():
    placements = Placements(Cluster())
    placements.of(raw("nx01"))
    assert placements.of(raw("nx01", "nx02")).usable == (0, 1)


def test_without_a_graph_a_file_met_again_is_placed_in_the_grown_group():
    placements = Placements(Cluster())
    placements.of(raw("nx01"))
    placements.of(raw("nx01", "nx02"))
    assert placements.of(raw("nx01")).absent == (1,)


def test_bricks_that_are_no_volume_of_the_graph_are_an_error():
    placements = Placements(web_cluster())
    placements.of(raw("nx01", "nx02"))
    with pytest.raises(PathinfoError, match="evil"):
        placements.of(RawPlacement("attribute", "web-replicate-0", (Brick("evil", "/e"),)))


def test_a_recording_names_the_group():
    assert Placements(web_cluster()).of(GroupAnswer("recording", 1)).usable == (2, 3)


def test_a_recording_names_the_volumes_that_lack_the_file():
    assert Placements(web_cluster()).of(GroupAnswer("recording", 1, (2,))).absent == (2,)


def test_of_a_recording_a_volume_that_is_offline_is_absent():
    cluster = web_cluster()
    cluster.set_states({"nx03-vol1": False})
    assert Placements(cluster).of(GroupAnswer("recording", 1)).usable == (3,)
