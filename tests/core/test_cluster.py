"""Volumes and groups, as the client graph tells them or as the files teach them."""

import threading

import pytest

from disco.dfs.gluster.cluster import Cluster
from disco.dfs.gluster.errors import PathinfoError
from disco.dfs.gluster.graph import parse_volfile
from disco.dfs.gluster.pathinfo import Brick

from .samples import bricks, client_text, volume_text, web_cluster

UUIDS = ("e147daaf-9d03-48bb-8a5f-66d6da40a2df", "38e5c7f7-0dc3-42c4-9139-8acf59f7ffed")


def hosts(cluster):
    return [volume.host for volume in cluster.volumes]


def by_address():
    """Two replicate groups of two, configured by addresses, with the same directory on every host."""
    text = "".join(client_text(f"web-client-{i}", f"10.0.0.{i}", "/data/b1") for i in range(4))
    text += volume_text("web-replicate-0", "cluster/replicate", ["web-client-0", "web-client-1"])
    text += volume_text("web-replicate-1", "cluster/replicate", ["web-client-2", "web-client-3"])
    return parse_volfile(
        (text + volume_text("dht", "cluster/distribute", ["web-replicate-0", "web-replicate-1"])).encode()
    ).cluster()


def test_a_graph_makes_a_cluster_that_is_complete():
    assert web_cluster().has_graph


def test_a_file_is_located_by_its_bricks():
    assert web_cluster().locate("web-replicate-1", bricks("nx04", "nx03")) == (1, {2, 3})


def test_a_brick_that_did_not_answer_is_not_found():
    assert web_cluster().locate("web-replicate-1", bricks("nx04")) == (1, {3})


def test_the_group_is_known_even_where_the_value_does_not_name_it():
    assert web_cluster().locate("", bricks("nx03")) == (1, {2})


def test_a_file_teaches_the_names_that_the_hosts_give_themselves():
    cluster = by_address()
    cluster.locate("web-replicate-0", bricks("nx01", "nx02"))
    assert hosts(cluster) == ["nx01", "nx02", "10.0.0.2", "10.0.0.3"]


def test_bricks_are_paired_within_their_group():
    cluster = by_address()
    assert cluster.locate("web-replicate-1", bricks("nx03", "nx04")) == (1, {2, 3})


def test_the_host_a_volume_was_configured_by_stays_known():
    cluster = by_address()
    cluster.locate("web-replicate-0", bricks("nx01", "nx02"))
    assert [volume.configured_host for volume in cluster.volumes][:2] == ["10.0.0.0", "10.0.0.1"]


def test_a_file_teaches_the_directory_that_a_hand_written_graph_does_not_tell():
    cluster = parse_volfile(client_text("nx01-vol1", "127.0.0.1", "vol1").encode()).cluster()
    cluster.locate("", bricks("nx01"))
    assert cluster.volumes[0].location == "nx01:/data/b1"


def test_a_uuid_does_not_take_the_place_of_a_host():
    cluster = web_cluster()
    cluster.locate("web-replicate-0", bricks(*UUIDS))
    assert hosts(cluster)[:2] == ["nx01", "nx02"]


def test_a_file_of_a_disperse_group_teaches_no_host_since_it_shows_only_one(data):
    cluster = parse_volfile((data / "volfile-disperse.vol").read_bytes()).cluster()
    cluster.locate("", (Brick("gnode02", "/srv/b2/dd"),))
    assert hosts(cluster)[3:] == ["gnode01", "gnode02-ib", "10.77.2.3"]


def test_what_was_learnt_is_kept():
    cluster = by_address()
    cluster.locate("web-replicate-0", bricks("nx01", "nx02"))
    assert cluster.locate("web-replicate-0", bricks("nx02")) == (0, {1})


def test_the_disperse_group_of_one_brick_is_found_by_its_directory(data):
    cluster = parse_volfile((data / "volfile-disperse.vol").read_bytes()).cluster()
    found = [cluster.locate("", (Brick(host, "/srv/b2/dd"),))[0] for host in ("gnode03", "gnode02", "gnode01")]
    assert found == [1, 1, 1]


def test_a_degraded_file_met_first_does_not_pair_the_wrong_hosts(data):
    cluster = parse_volfile((data / "volfile-arbiter.vol").read_bytes()).cluster()
    cluster.locate("arb-replicate-0", bricks("gnode03", "gnode02", base="/srv/b1/arb"))
    cluster.locate("arb-replicate-0", bricks("gnode01", "gnode02", "gnode03", base="/srv/b1/arb"))
    assert hosts(cluster) == ["gnode01", "gnode02", "gnode03"]


def test_a_brick_beyond_the_groups_volumes_is_an_error_if_it_is_all_there_is():
    cluster = web_cluster()
    cluster.locate("web-replicate-0", bricks("nx01", "nx02"))
    with pytest.raises(PathinfoError, match="no volume of the client graph is evil:/e"):
        cluster.locate("web-replicate-0", (Brick("evil", "/e"),))


def test_a_brick_beyond_the_groups_volumes_is_left_out():
    cluster = web_cluster()
    assert cluster.locate("web-replicate-0", (*bricks("nx01", "nx02"), Brick("evil", "/e"))) == (0, {0, 1})


def test_a_tuple_of_volumes_once_taken_does_not_change():
    cluster = by_address()
    before = cluster.volumes
    cluster.locate("web-replicate-0", bricks("nx01", "nx02"))
    assert before[0].host == "10.0.0.0"


def test_online_is_taken_up_by_name():
    cluster = web_cluster()
    cluster.set_states({"nx01-vol1": True, "nx02-vol1": False})
    assert [volume.online for volume in cluster.volumes] == [True, False, None, None]


def test_what_is_not_said_of_being_online_stays_as_it_was():
    cluster = web_cluster()
    cluster.set_states({"nx01-vol1": True})
    cluster.set_states({"nx02-vol1": True})
    assert [volume.online for volume in cluster.volumes] == [True, True, None, None]


def test_without_a_graph_nothing_is_known_at_first():
    assert (Cluster().volumes, Cluster().groups, Cluster().has_graph) == ((), (), False)


def test_without_a_graph_a_file_teaches_its_group():
    cluster = Cluster()
    assert cluster.locate("web-replicate-0", bricks("nx02", "nx01")) == (0, {0, 1})


def test_without_a_graph_volumes_are_named_by_their_brick():
    cluster = Cluster()
    cluster.locate("web-replicate-0", bricks("nx02", "nx01"))
    assert [volume.name for volume in cluster.volumes] == ["nx01:/data/b1", "nx02:/data/b1"]


def test_without_a_graph_a_group_has_the_name_of_the_value():
    cluster = Cluster()
    cluster.locate("web-replicate-0", bricks("nx01"))
    assert (cluster.groups[0].name, cluster.groups[0].kind) == ("web-replicate-0", "replicate")


def test_without_a_graph_a_later_file_adds_what_an_earlier_lacked():
    cluster = Cluster()
    cluster.locate("web-replicate-0", bricks("nx01"))
    assert cluster.locate("web-replicate-0", bricks("nx01", "nx02")) == (0, {0, 1})


def test_without_a_graph_each_named_group_is_its_own():
    cluster = Cluster()
    cluster.locate("web-replicate-0", bricks("nx01", "nx02"))
    assert cluster.locate("web-replicate-1", bricks("nx03", "nx04")) == (1, {2, 3})


def test_without_a_graph_a_brick_without_a_group_is_its_own():
    cluster = Cluster()
    assert [cluster.locate("", bricks(host))[0] for host in ("nx01", "nx02", "nx01")] == [0, 1, 0]


def test_an_older_releases_volume_name_stands_for_its_host():
    cluster = Cluster()
    cluster.locate("", (Brick("nx02-vol1", ""),))
    assert cluster.volumes[0].location == "nx02-vol1"


def test_without_a_graph_files_of_the_same_volumes_are_of_one_group():
    cluster = Cluster()
    both = (Brick("nx01-vol1", ""), Brick("nx02-vol1", ""))
    assert [cluster.locate("", both), cluster.locate("", both)] == [(0, {0, 1}), (0, {0, 1})]


def test_the_volumes_of_a_group_come_in_the_order_of_the_graph():
    assert [volume.name for volume in web_cluster().group_volumes(1)] == ["nx03-vol1", "nx04-vol1"]


def test_several_threads_learn_one_and_the_same_cluster():
    cluster, start = Cluster(), threading.Barrier(8)

    def learn(number):
        start.wait()
        for i in range(200):
            cluster.locate(f"group-{i}", bricks(f"nx{i}-{number % 2}"))

    threads = [threading.Thread(target=learn, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(cluster.groups), len({volume.name for volume in cluster.volumes})) == (200, 400)


def singles():
    text = client_text("a", "nx01", "/b") + client_text("b", "nx02", "/b")
    return parse_volfile((text + volume_text("dht", "cluster/distribute", ["a", "b"])).encode()).cluster()


def of_file(name):
    return lambda data: parse_volfile((data / name).read_bytes()).cluster()


@pytest.mark.parametrize(
    ("made", "summary"),
    [
        (lambda data: web_cluster(), "2x2 replicate"),
        (of_file("volfile-arbiter.vol"), "1x(2+1 arbiter) replicate"),
        (of_file("volfile-disperse.vol"), "2x(2+1) disperse"),
        (lambda data: singles(), "2 single"),
        (lambda data: Cluster(), "no volume known yet"),
    ],
)
def test_the_summary_tells_the_kinds_of_groups(made, summary, data):
    assert made(data).summary == summary
