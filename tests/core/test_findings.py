"""What the lint finds in a map: what, how bad, where, and what it costs."""

import pytest

from disco.dfs.gluster.cluster import Cluster, Group
from disco.dfs.gluster.errors import NoHostnameMapError, PathError
from disco.dfs.gluster.findings import findings
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.nodes import KnownNodes
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.suggestions import suggest
from disco.dfs.gluster.volume_tally import VolumeTally
from disco.dfs.gluster.walk import PlacedFiles

from .samples import a_volume, bricks, web_cluster

WHOLE = b"nx01 n1\nnx02 n2\nnx03 n3\nnx04 n4\n"


def known_cluster():
    """Two groups of two (see `web_volfile()`), their hosts known."""
    cluster = web_cluster()
    cluster.hosts_known = True
    return cluster


def found(text, cluster=None, **more):
    """The findings of a map of this text."""
    return findings(cluster or known_cluster(), HostnameMap.from_text(text, "/map", lenient=True), **more)


def codes(text, cluster=None, **more):
    return [finding.code for finding in found(text, cluster, **more)]


def the(code, text, cluster=None, **more):
    """The only finding of this code."""
    (finding,) = (finding for finding in found(text, cluster, **more) if finding.code == code)
    return finding


def known(*nodes):
    return KnownNodes(tuple(sorted(nodes)), "the list given")


@pytest.fixture
def tally():
    """Three files on the first group, of which one is only on nx01-vol1; one on the second."""
    tally = VolumeTally()
    both, one = Placement(0, (0, 1), (), "cookie"), Placement(0, (0,), (1,), "attribute")
    tally.add(PlacedFiles(b"", [b"a", b"b", b"c"], [both, both, one], [100, 20, 3]))
    tally.add(PlacedFiles(b"", [b"d"], [Placement(1, (2, 3), (), "cookie")], [-1]))
    return tally


def test_a_map_that_names_every_volume_once_is_clean():
    assert codes(WHOLE) == []


# Volumes


def test_an_unmapped_volume_is_an_error():
    finding = the("unmapped-volume", b"nx01 n1\nnx02 n2\nnx03 n3\n")
    assert (finding.severity, finding.volumes, finding.source) == ("error", (3,), "/map")
    assert finding.words == "nx04-vol1 is unmapped"


def test_an_unmapped_volume_tells_the_files_and_bytes_that_lose_locality(tally):
    finding = the("unmapped-volume", b"nx01 n1\nnx03 n3\nnx04 n4\n", tally=tally)
    assert (finding.files, finding.bytes) == (2, 120)
    assert finding.words == "nx02-vol1 is unmapped: 2 files lose locality"


def test_an_unmapped_volume_tells_the_entry_that_almost_names_it():
    finding = the("unmapped-volume", b"nx01 n1\nNX02 n2\nnx03 n3\nnx04 n4\n")
    assert finding.words.endswith("; the entry NX02 is almost the same: upper and lower case differ")
    assert [miss.other for miss in finding.near] == ["NX02"]


def test_an_arbiter_is_not_called_unmapped():
    volumes = (a_volume(0, name="a"), a_volume(1, name="b"), a_volume(2, name="c", arbiter=True))
    cluster = Cluster(volumes, (Group(0, "g", "replicate", (0, 1, 2)),))
    cluster.hosts_known = True
    assert codes(b"a n1\nb n2\n", cluster) == []


def test_a_volume_whose_host_no_file_has_shown_is_not_called_unmapped():
    assert set(codes(b"", web_cluster())) == {"unknown-host"}


def test_a_volume_is_called_unmapped_as_soon_as_its_host_is_known():
    cluster = web_cluster()
    cluster.locate("web-replicate-0", bricks("server-1", "server-2"))
    assert codes(b"", cluster) == ["unmapped-volume"] * 2 + ["unknown-host"] * 2


@pytest.mark.parametrize(
    ("text", "severity", "code", "words"),
    [
        (b"server-1 n1\n", "warning", "unknown-host", "it is offline, so that its host is not known"),
        (b"nx01-vol1 n1\n", "error", "unmapped-volume", "nx02-vol1 is unmapped"),
    ],
    ids=["an entry may name its host", "no entry can"],
)
def test_a_volume_that_is_offline_is_unmapped_unless_an_entry_may_name_its_host(text, severity, code, words):
    cluster = web_cluster()
    cluster.set_states({"nx02-vol1": False, "nx01-vol1": True})
    cluster.locate("web-replicate-0", bricks("server-1"))
    finding = next(finding for finding in found(text, cluster) if finding.volumes == (1,))
    assert (finding.severity, finding.code) == (severity, code)
    assert words in finding.words


def test_where_no_map_is_wanted_no_volume_is_unmapped():
    assert findings(known_cluster(), HostnameMap.none()) == []


# Lines


def test_every_line_that_cannot_be_used_is_an_error_with_its_place():
    places = [f.place for f in found(b"nx01\n" + WHOLE + b"a b c\n") if f.code == "malformed-line"]
    assert places == ["/map:1:5", "/map:6:5"]


def test_a_name_that_stands_twice_with_one_node_is_a_warning():
    finding = the("repeated-entry", WHOLE + b"nx01 n1\n")
    assert (finding.severity, finding.line, finding.name) == ("warning", 5, "nx01")
    assert finding.words == "nx01 stands in line 1 already, with the same node"


def test_a_name_that_stands_twice_with_other_nodes_is_an_error():
    finding = the("conflicting-entry", WHOLE + b"nx01 n9\n")
    assert (finding.severity, finding.place) == ("error", "/map:5:6")
    assert finding.words == "nx01 is n9 here and n1 in line 1"


def test_a_mapping_that_was_passed_has_no_lines():
    hostmap = HostnameMap.from_mapping({"#x": "n9", "nx01": "n1", "nx02": "n2", "nx03": "n3", "nx04": "n4"})
    (finding,) = findings(known_cluster(), hostmap)
    assert (finding.code, finding.line, finding.column) == ("unused-entry", None, None)


# Entries


def test_an_entry_that_names_nothing_is_a_warning():
    finding = the("unused-entry", WHOLE + b"old n9\n")
    assert (finding.severity, finding.place, finding.words) == ("warning", "/map:5:1", "old names nothing here")


def test_an_entry_that_names_nothing_tells_the_unmapped_volume_that_it_almost_names():
    finding = the("unused-entry", b"nx01 n1\nnx02.example.com n2\nnx03 n3\nnx04 n4\n")
    assert finding.words == "nx02.example.com names nothing here; the unmapped nx02 is almost the same: " + (
        "lacks the domain '.example.com'"
    )


def test_an_entry_that_may_name_a_host_that_is_not_known_is_a_note():
    finding = the("unused-entry", WHOLE + b"old n9\n", web_cluster())
    assert finding.severity == "note"
    assert finding.words.endswith("no file has shown the host of nx01-vol1 and 3 more")


@pytest.mark.parametrize(("node", "severity"), [(b"n1", "note"), (b"n9", "warning")])
def test_an_entry_by_host_whose_volumes_are_all_named_before_is_never_reached(node, severity):
    finding = the("shadowed-entry", b"nx01-vol1 n1\n" + WHOLE.replace(b"nx01 n1", b"nx01 " + node))
    assert (finding.severity, finding.line, finding.volumes) == (severity, 2, (0,))
    assert finding.words.startswith("nx01 is never reached: all that it names is named before by nx01-vol1 (line 1), ")


def test_an_entry_by_host_is_reached_where_one_volume_of_the_host_is_left():
    volumes = (a_volume(0, name="a", host="h", group=0), a_volume(1, name="b", host="h", group=1))
    cluster = Cluster(volumes, (Group(0, "a", "single", (0,)), Group(1, "b", "single", (1,))))
    cluster.hosts_known = True
    assert codes(b"a n1\nh n1\n", cluster) == []


# Nodes


def test_two_volumes_of_a_group_on_one_node_are_a_warning(tally):
    finding = the("shared-node", WHOLE.replace(b"n2", b"n1"), tally=tally)
    assert (finding.severity, finding.volumes, finding.node, finding.files, finding.bytes) == (
        ("warning", (0, 1), "n1", 3, 123)
    )
    assert finding.words.startswith("nx01-vol1 and nx02-vol1 of web-replicate-0 are on one node, n1: replicas")


def test_two_volumes_of_different_groups_may_be_on_one_node():
    assert codes(WHOLE.replace(b"n3", b"n1")) == []


def test_an_arbiter_may_be_on_a_node_of_its_group():
    volumes = (a_volume(0, name="a"), a_volume(1, name="b"), a_volume(2, name="c", arbiter=True))
    cluster = Cluster(volumes, (Group(0, "g", "replicate", (0, 1, 2)),))
    cluster.hosts_known = True
    assert codes(b"a n1\nb n2\nc n2\n", cluster) == []


def test_hosts_that_are_not_known_share_no_node():
    """They are all configured as 127.0.0.1."""
    volumes = tuple(a_volume(i, name=f"v{i}", host="127.0.0.1") for i in range(2))
    cluster = Cluster(volumes, (Group(0, "g", "replicate", (0, 1)),))
    assert set(codes(b"", cluster)) == {"unknown-host"}


def test_a_node_that_the_cluster_does_not_know_is_an_error():
    finding = the("unknown-node", WHOLE, nodes=known("n1", "n2", "n3", "other"))
    assert (finding.severity, finding.place, finding.node, finding.volumes) == ("error", "/map:4:6", "n4", (3,))
    assert finding.words == "the node n4 is not among the 4 of the list given"


def test_a_node_that_is_not_known_tells_the_one_that_was_meant():
    finding = the("unknown-node", WHOLE, nodes=known("n1", "n2", "n3", "n4.example.com"))
    assert finding.words.endswith("; the node n4.example.com is almost the same: has the domain '.example.com'")


def test_without_a_map_the_hosts_must_be_nodes():
    found = findings(known_cluster(), HostnameMap.none(), nodes=known("nx01", "nx02", "nx03"))
    assert [(f.code, f.node, f.words[:44]) for f in found] == [
        ("unknown-node", "nx04", "the host nx04, which stands for its node, is")
    ]


# The file


def test_a_map_that_others_may_write_is_a_warning():
    finding = the("writable-map", WHOLE, others="everyone")
    assert (finding.severity, finding.place) == ("warning", "/map")
    assert finding.words == "others may write this map, and so decide where jobs run: everyone"


def test_no_map_at_all_is_an_error_with_the_way_out():
    missing = NoHostnameMapError(("$DISCO_HOSTNAME_MAP (not set)", "/inputfs/.hostname_map"))
    (finding,) = findings(known_cluster(), HostnameMap.none(), missing=missing)
    assert (finding.severity, finding.code, finding.place) == ("error", "no-map", "")
    assert "looked at $DISCO_HOSTNAME_MAP (not set) and /inputfs/.hostname_map" in finding.words
    assert "--suggest" in finding.words


def test_a_map_that_cannot_be_read_is_an_error():
    (finding,) = findings(known_cluster(), HostnameMap.none(), missing=PathError(b"/map", 13))
    assert (finding.code, finding.words) == ("no-map", "/map: Permission denied")


# All of them


def test_errors_come_first_then_warnings_then_notes():
    text = b"nx01-vol1 n1\nnx01 n1\nold n1\nnx02 n2\nnx03 n3\nbad\n"
    assert codes(text) == ["malformed-line", "unmapped-volume", "unused-entry", "shadowed-entry"]


def test_words_hold_nothing_that_a_terminal_would_obey():
    text = "nx01\x85 n1\nnx\u202e02 n2\nnx\u202e02 n3\nnx03 n\u202e3\nnx04 n\u202e3\n".encode()
    hostmap = HostnameMap.from_text(text, "/m\x1bap", lenient=True)
    found = findings(known_cluster(), hostmap, nodes=known("n1"), others="every\x1bone")
    assert len({finding.code for finding in found}) >= 6
    assert all((finding.words + finding.place).isprintable() for finding in found)


def test_two_hundred_volumes_and_a_thousand_entries_are_linted_whole():
    """Half of the volumes unmapped, each with an entry that is almost it; 800 entries that name nothing."""
    volumes = tuple(a_volume(i, name=f"nx{i:03}-vol1", host=f"host{i}", group=i // 2) for i in range(200))
    groups = tuple(Group(i, f"g{i}", "replicate", (2 * i, 2 * i + 1)) for i in range(100))
    cluster = Cluster(volumes, groups)
    cluster.hosts_known = True
    text = "".join(f"{'nx' if i % 2 else 'NX'}{i:03}-vol1 disco-{i:03}\n" for i in range(1000)).encode()
    found = findings(cluster, HostnameMap.from_text(text, "/map"), nodes=known("disco-001"))
    counts = {code: sum(f.code == code for f in found) for code in {f.code for f in found}}
    assert counts == {"unmapped-volume": 100, "unused-entry": 900, "unknown-node": 999}
    assert all(finding.near for finding in found if finding.code == "unmapped-volume")
    assert [s.node for s in suggest(cluster, HostnameMap.from_text(text, "/map"))][:2] == ["disco-000", "disco-002"]
