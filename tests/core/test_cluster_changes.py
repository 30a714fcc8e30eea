"""What becomes of a cluster when the client graph changes, and when its cookies were wrong."""

import pytest

from disco.dfs.gluster.cluster import Cluster
from disco.dfs.gluster.graph import parse_volfile
from disco.dfs.gluster.pathinfo import Brick

from .samples import bricks, client_text, volume_text, web_cluster


def cluster_of(groups, hosts=None, kind="replicate", **options):
    """A cluster of these groups of clients, each client on the host of its number unless ``hosts`` names another."""
    text = ""
    for name, members in groups.items():
        for member in members:
            text += client_text(f"web-client-{member}", (hosts or {}).get(member, f"nx{member}"), "/data/b1")
        clients = [f"web-client-{member}" for member in members]
        text += volume_text(name, f"cluster/{kind}", clients, options)
    return parse_volfile((text + volume_text("web", "cluster/distribute", groups)).encode()).cluster()


GROUPS = {"web-replicate-0": (0, 1), "web-replicate-1": (2, 3)}
ADDED = GROUPS | {"web-replicate-2": (4, 5)}


def changed(before=GROUPS, after=ADDED, **how):
    """A cluster whose graph has changed."""
    cluster = cluster_of(before)
    cluster.adopt(cluster_of(after, **how))
    return cluster


def names(cluster, group):
    return [volume.name for volume in cluster.group_volumes(group)]


# A graph that changed


def test_a_group_that_was_added_comes_behind_those_that_were_there():
    assert [group.name for group in changed().groups] == list(ADDED)


def test_the_volumes_of_a_group_that_was_added_are_its_own():
    assert names(changed(), 2) == ["web-client-4", "web-client-5"]


def test_volumes_that_were_there_keep_their_places():
    assert names(changed(after={"web-replicate-2": (4, 5), **GROUPS}), 0) == ["web-client-0", "web-client-1"]


def test_every_volume_knows_its_place_and_its_group():
    cluster = changed(after={"web-replicate-2": (4, 5), **GROUPS})
    assert [(v.index, v.group) for v in cluster.volumes] == [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (5, 2)]


def test_what_files_taught_is_kept():
    cluster = cluster_of(GROUPS, {0: "10.0.0.1", 1: "10.0.0.2"})
    cluster.locate("web-replicate-0", bricks("nx0", "nx1"))
    cluster.adopt(cluster_of(ADDED, {0: "10.0.0.1", 1: "10.0.0.2"}))
    assert [volume.host for volume in cluster.group_volumes(0)] == ["nx0", "nx1"]


def test_a_file_of_a_group_that_was_added_is_located():
    assert changed().locate("web-replicate-2", bricks("nx4", "nx5")) == (2, {4, 5})


def test_a_group_that_got_a_replica_more_is_another_group():
    assert names(changed(after=GROUPS | {"web-replicate-0": (0, 1, 4)}), 2) == [
        "web-client-0",
        "web-client-1",
        "web-client-4",
    ]


def test_a_file_of_a_group_that_got_a_replica_more_is_located_there():
    cluster = changed(after=GROUPS | {"web-replicate-0": (0, 1, 4)})
    assert cluster.locate("web-replicate-0", bricks("nx0", "nx1", "nx4")) == (2, {0, 1, 4})


def test_a_group_that_was_removed_stays_for_the_files_that_were_placed_on_it():
    assert names(changed(after={"web-replicate-1": (2, 3)}), 0) == ["web-client-0", "web-client-1"]


def test_a_brick_that_was_added_as_an_arbiter_is_one():
    cluster = cluster_of({"web-replicate-0": (0, 1)})
    cluster.adopt(cluster_of({"web-replicate-0": (0, 1, 2)}, **{"arbiter-count": "1"}))
    assert [volume.arbiter for volume in cluster.group_volumes(1)] == [False, False, True]


def test_a_replaced_brick_has_its_new_host():
    assert changed(after=GROUPS, hosts={1: "nx9"}).volumes[1].host == "nx9"


def test_a_replaced_brick_has_its_new_host_although_files_had_shown_the_old():
    cluster = cluster_of(GROUPS)
    cluster.locate("web-replicate-0", bricks("nx0", "nx1"))
    cluster.adopt(cluster_of(GROUPS, {1: "nx9"}))
    cluster.locate("web-replicate-0", bricks("nx0", "nx9"))
    assert [volume.host for volume in cluster.volumes[:2]] == ["nx0", "nx9"]


def test_the_group_of_a_replaced_brick_is_to_be_taught_again():
    cluster = cluster_of(GROUPS)
    cluster.locate("web-replicate-0", bricks("nx0", "nx1"))
    cluster.adopt(cluster_of(GROUPS, {1: "nx9"}))
    assert not cluster.taught(0)


def test_a_directory_that_files_showed_is_no_replaced_brick():
    plain = client_text("nx1-vol1", "nx1", "vol1").encode()
    cluster = parse_volfile(plain).cluster()
    cluster.locate("", bricks("nx1"))
    cluster.adopt(parse_volfile(plain).cluster())
    assert cluster.volumes[0].location == "nx1:/data/b1"


def test_the_name_and_the_size_of_shards_are_those_of_the_new_graph():
    cluster = cluster_of(GROUPS)
    cluster.adopt(Cluster(name="logs", shard_block_size=4096))
    assert (cluster.name, cluster.shard_block_size) == ("logs", 4096)


def test_a_cluster_without_a_graph_becomes_what_the_graph_says():
    cluster = Cluster(name="source")
    cluster.adopt(web_cluster())
    assert (cluster.has_graph, cluster.volumes, cluster.groups) == (True, web_cluster().volumes, web_cluster().groups)


def test_a_tuple_of_volumes_once_taken_does_not_change():
    cluster = cluster_of(GROUPS)
    before = cluster.volumes
    cluster.adopt(cluster_of(ADDED))
    assert len(before) == 4


# What files have taught


def test_a_group_of_which_no_file_was_asked_is_not_taught():
    assert not web_cluster().taught(0)


def test_a_group_of_which_a_file_showed_all_volumes_is_taught():
    cluster = web_cluster()
    cluster.locate("web-replicate-0", bricks("nx01", "nx02"))
    assert cluster.taught(0)


def test_a_file_teaches_its_own_group_only():
    cluster = web_cluster()
    cluster.locate("web-replicate-0", bricks("nx01", "nx02"))
    assert not cluster.taught(1)


def test_a_group_of_which_one_volume_was_not_shown_is_not_taught():
    cluster = web_cluster()
    cluster.locate("web-replicate-0", bricks("nx02"))
    assert not cluster.taught(0)


def test_a_volume_that_is_offline_cannot_be_shown_and_is_not_waited_for():
    cluster = web_cluster()
    cluster.set_states({"nx01-vol1": False})
    cluster.locate("web-replicate-0", bricks("nx02"))
    assert cluster.taught(0)


def test_a_disperse_group_has_nothing_to_be_taught():
    assert cluster_of({"web-disperse-0": (0, 1, 2)}, kind="disperse", redundancy="1").taught(0)


def test_without_a_graph_there_is_nothing_to_teach():
    cluster = Cluster()
    cluster.locate("web-replicate-0", bricks("nx01"))
    assert cluster.taught(0)


# A brick that nothing but a cookie tells


def alike():
    """Two groups of one client each, configured by addresses, with the same directory on every host."""
    text = client_text("a", "10.0.0.1", "/b") + client_text("b", "10.0.0.2", "/b")
    return parse_volfile((text + volume_text("web", "cluster/distribute", ["a", "b"])).encode()).cluster()


STRANGER = (Brick("delta", "/b"),)


@pytest.mark.parametrize("likely", [0, 1])
def test_where_nothing_else_tells_a_brick_is_of_the_group_that_the_cookie_says(likely):
    assert alike().locate("", STRANGER, likely=likely) == (likely, {likely})


def test_without_a_cookie_such_a_brick_is_the_first_volume():
    assert alike().locate("", STRANGER) == (0, {0})


def test_a_cookie_does_not_count_against_a_host():
    cluster = web_cluster()
    assert cluster.locate("", bricks("nx04"), likely=0) == (1, {3})


def test_a_cookie_does_not_count_against_the_name_of_a_group():
    assert web_cluster().locate("web-replicate-1", bricks("nx03"), likely=0) == (1, {2})


def test_what_only_a_cookie_told_is_forgotten_with_it():
    cluster = alike()
    cluster.locate("", STRANGER, likely=1)
    cluster.forget_likely()
    assert cluster.locate("", STRANGER) == (0, {0})


def test_what_a_cookie_told_like_everything_else_is_kept():
    cluster = alike()
    cluster.locate("", STRANGER, likely=0)
    cluster.forget_likely()
    assert cluster.taught(0)


def test_to_forget_twice_does_no_harm():
    cluster = alike()
    cluster.locate("", STRANGER, likely=1)
    cluster.forget_likely()
    cluster.forget_likely()
    assert not cluster.taught(1)
