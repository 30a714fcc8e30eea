"""The client graph: what a volfile says of volumes and groups."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.cookies import UNKNOWN
from disco.dfs.gluster.errors import GraphError
from disco.dfs.gluster.graph import parse_volfile
from disco.dfs.gluster.inputfs import _leaf_groups

from .samples import client_text, volume_text, web_volfile


def clients(*names):
    return "".join(client_text(name, f"host-{name}", f"/data/{name}") for name in names)


def graph(*parts):
    return parse_volfile("".join(parts).encode())


@pytest.fixture
def arbiter(data):
    """The graph of a replica 2 + arbiter volume, as a client of 10.3 shows it."""
    return parse_volfile((data / "volfile-arbiter.vol").read_bytes())


@pytest.fixture
def disperse(data):
    """The graph of a 2 x (2 + 1) disperse volume, as a client of 10.3 shows it."""
    return parse_volfile((data / "volfile-disperse.vol").read_bytes())


def test_the_name_is_that_of_the_volume_below_the_meta_translator(arbiter):
    assert arbiter.name == "arb"


def test_a_hand_written_graph_is_named_by_its_top():
    assert parse_volfile(web_volfile()).name == "web"


def test_all_clients_are_leaves(arbiter):
    assert arbiter.leaves == ("arb-client-0", "arb-client-1", "arb-client-2")


def test_a_replicate_group_holds_its_clients_in_their_order(arbiter):
    assert arbiter.groups == (("arb-replicate-0", "replicate", ("arb-client-0", "arb-client-1", "arb-client-2")),)


def test_the_last_volume_of_a_group_with_an_arbiter_is_the_arbiter(arbiter):
    assert [volume.arbiter for volume in arbiter.cluster().volumes] == [False, False, True]


def test_a_volume_has_the_host_it_was_configured_by(arbiter):
    hosts = [volume.configured_host for volume in arbiter.cluster().volumes]
    assert hosts == ["gnode01", "gnode02-ib", "10.77.2.3"]


def test_until_a_file_shows_it_a_volumes_host_is_the_configured_one(arbiter):
    assert [volume.host for volume in arbiter.cluster().volumes] == ["gnode01", "gnode02-ib", "10.77.2.3"]


def test_a_volume_has_its_brick(arbiter):
    assert {volume.brick for volume in arbiter.cluster().volumes} == {"/srv/b1/arb"}


def test_whether_a_volume_is_online_is_not_in_the_graph(arbiter):
    assert {volume.online for volume in arbiter.cluster().volumes} == {None}


def test_disperse_groups_are_told_by_kind(disperse):
    assert [group.kind for group in disperse.cluster().groups] == ["disperse", "disperse"]


def test_a_disperse_group_has_its_redundancy(disperse):
    assert [group.redundancy for group in disperse.cluster().groups] == [1, 1]


def test_a_disperse_group_has_no_arbiter(disperse):
    assert not any(volume.arbiter for volume in disperse.cluster().volumes)


def test_each_volume_knows_its_group(disperse):
    assert [volume.group for volume in disperse.cluster().volumes] == [0, 0, 0, 1, 1, 1]


def test_each_group_knows_its_volumes(disperse):
    assert [group.volumes for group in disperse.cluster().groups] == [(0, 1, 2), (3, 4, 5)]


def test_clients_without_a_group_are_groups_of_their_own():
    made = graph(clients("a", "b"), volume_text("dht", "cluster/distribute", ["a", "b"]))
    assert made.groups == (("a", "single", ("a",)), ("b", "single", ("b",)))


def test_one_client_alone_is_a_group():
    assert graph(clients("a")).groups == (("a", "single", ("a",)),)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("cluster/replicate", "replicate"),
        ("cluster/afr", "replicate"),
        ("cluster/disperse", "disperse"),
        ("cluster/ec", "disperse"),
    ],
)
def test_groups_are_known_by_either_name_of_their_translator(kind, expected):
    made = graph(clients("a", "b"), volume_text("g", kind, ["a", "b"]))
    assert made.cluster().groups[0].kind == expected


def test_leaves_come_in_the_order_in_which_they_are_reached_not_defined():
    made = graph(clients("a", "b", "c"), volume_text("top", "cluster/distribute", ["c", "a", "b"]))
    assert made.leaves == ("c", "a", "b")


def test_leaves_come_depth_first():
    made = graph(
        clients("a", "b", "c", "d"),
        volume_text("left", "cluster/replicate", ["d", "b"]),
        volume_text("top", "cluster/distribute", ["left", "c", "a"]),
    )
    assert made.leaves == ("d", "b", "c", "a")


def test_volumes_come_in_the_order_of_the_leaves():
    made = graph(clients("a", "b", "c"), volume_text("top", "cluster/distribute", ["c", "a", "b"]))
    assert [volume.name for volume in made.cluster().volumes] == ["c", "a", "b"]


def test_a_leaf_that_is_reached_twice_counts_twice():
    made = graph(
        clients("a", "b"),
        volume_text("left", "features/one", ["a"]),
        volume_text("top", "cluster/distribute", ["left", "a", "b"]),
    )
    assert made.leaves == ("a", "a", "b")


def test_a_client_that_is_reached_twice_is_one_volume():
    made = graph(
        clients("a", "b"),
        volume_text("left", "features/one", ["a"]),
        volume_text("top", "cluster/distribute", ["left", "a", "b"]),
    )
    assert [volume.name for volume in made.cluster().volumes] == ["a", "b"]


def test_a_volume_that_the_top_does_not_reach_is_no_leaf():
    assert graph(clients("stray", "a"), volume_text("top", "cluster/distribute", ["a"])).leaves == ("a",)


def test_layers_between_a_group_and_its_clients_do_not_hide_them():
    made = graph(
        clients("a", "b"),
        volume_text("a-cache", "performance/cache", ["a"]),
        volume_text("g", "cluster/replicate", ["a-cache", "b"]),
    )
    assert made.groups == (("g", "replicate", ("a", "b")),)


def with_snapd():
    return graph(
        web_volfile().decode(),
        client_text("web-snapd-client", "localhost", "snapd-web"),
        volume_text("snapview", "features/snapview-client", ["web", "web-snapd-client"]),
    )


def test_the_snapshot_daemons_client_counts_as_a_leaf():
    assert with_snapd().leaves[-1] == "web-snapd-client"


def test_the_snapshot_daemons_client_is_no_data_volume():
    assert [volume.name for volume in with_snapd().cluster().volumes] == [f"nx0{i}-vol1" for i in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("text", "size"),
    [("4MB", 4 << 20), ("67108864", 64 << 20), ("1GB", 1 << 30), ("512 KB", 512 << 10), ("8m", 8 << 20)],
)
def test_a_sharded_volume_has_its_block_size(text, size):
    made = graph(clients("a"), volume_text("shard", "features/shard", ["a"], {"shard-block-size": text}))
    assert made.cluster().shard_block_size == size


def test_a_sharded_volume_without_a_size_has_the_default():
    assert graph(clients("a"), volume_text("shard", "features/shard", ["a"])).cluster().shard_block_size == 64 << 20


def test_other_volumes_have_no_shard_block_size(arbiter):
    assert arbiter.cluster().shard_block_size is None


def test_comments_and_blank_lines_are_skipped():
    made = graph("# made by hand\n\n", clients("a"), "  # the end\n")
    assert made.leaves == ("a",)


def test_a_quoted_word_may_hold_spaces():
    text = 'volume a\n type protocol/client\n option remote-host "two words"\nend-volume\n'
    assert graph(text).cluster().volumes[0].host == "two words"


def test_an_option_may_have_no_value():
    assert graph("volume a\n type protocol/client\n option empty \nend-volume\n").leaves == ("a",)


def test_a_graph_of_a_thousand_layers_is_read():
    layers = [volume_text(f"l{i}", "features/one", [f"l{i - 1}" if i else "a"]) for i in range(3000)]
    assert graph(clients("a"), *layers).leaves == ("a",)


CLIENT = "volume a\n type protocol/client\nend-volume\n"


@pytest.mark.parametrize(
    ("text", "line", "fact"),
    [
        ("", 0, "no volume in it"),
        ("# nothing\n", 0, "no volume in it"),
        (CLIENT + "volume b\n type x/y\n", 4, "volume b has no end-volume"),
        (CLIENT + CLIENT, 4, "volume a is defined twice"),
        (CLIENT + "volume b\n subvolumes a c\nend-volume\n", 5, "subvolume c is not defined above"),
        ("volume a\n subvolumes a\nend-volume\n", 2, "subvolume a is not defined above"),
        ("volume a\nvolume b\n", 2, "'volume' is not expected here"),
        ("end-volume\n", 1, "'end-volume' is not expected here"),
        (CLIENT + "\noption x y\n", 5, "'option' is not expected here"),
        ("volume a\n nonsense\n", 2, "'nonsense' is not expected here"),
        ("volume\n", 1, "'volume' is not expected here"),
    ],
)
def test_what_is_not_a_graph_is_an_error_with_its_line(text, line, fact):
    with pytest.raises(GraphError) as caught:
        parse_volfile(text.encode())
    assert (caught.value.line, caught.value.fact) == (line, fact)


def test_the_error_names_the_file():
    with pytest.raises(GraphError, match=r"^/inputfs/\.meta/volfile, line 1: "):
        parse_volfile(b"x", b"/inputfs/.meta/volfile")


WORDS = ["volume", "end-volume", "type", "option", "subvolumes", "a", "b", "cluster/replicate", '"', "#", "\n", "\n"]


@pytest.mark.fuzz
@given(st.one_of(st.binary(), st.lists(st.sampled_from(WORDS)).map(lambda words: " ".join(words).encode())))
def test_any_bytes_are_a_graph_or_an_error(text):
    with contextlib.suppress(GraphError):
        parse_volfile(text).cluster()


@pytest.mark.parametrize(("word", "tells"), [(None, True), ("on", True), ("off", False), ("No", False)])
def test_a_listing_by_plain_readdir_does_not_tell_linkto_files(word, tells):
    options = {} if word is None else {"use-readdirp": word}
    text = client_text("a", "h1", "/b") + client_text("b", "h2", "/b")
    text += volume_text("dht", "cluster/distribute", ["a", "b"], options)
    assert parse_volfile(text.encode()).tells_linkto_files is tells


def test_where_linkto_files_are_not_told_no_cookie_is_believed():
    text = client_text("a", "h1", "/b") + client_text("b", "h2", "/b")
    text += volume_text("dht", "cluster/distribute", ["a", "b"], {"use-readdirp": "off"})
    graph = parse_volfile(text.encode())
    assert set(_leaf_groups(graph, graph.cluster())) == {UNKNOWN}
