"""The trace of a look-up: every name that was tried, what each gave, and what almost fits."""

from disco.dfs.gluster.hostmap import HostnameMap

from .samples import a_volume, web_cluster

NX02 = a_volume(1, name="nx02-vol1", host="nx02", brick="/data/b1", configured_host="10.77.2.2")


def trace(text, volumes=()):
    return HostnameMap.from_text(text, "map").explain(NX02, volumes)


def test_every_name_is_told_in_the_order_of_look_up():
    assert [(step.kind, step.name) for step in trace(b"").steps] == [
        ("volume", "nx02-vol1"),
        ("brick", "nx02:/data/b1"),
        ("host", "nx02"),
        ("configured host", "10.77.2.2"),
    ]


def test_the_first_name_with_an_entry_hits():
    assert [step.hit for step in trace(b"10.77.2.2 d\nnx02 c\n").steps] == [False, False, True, False]


def test_a_later_name_with_an_entry_is_told_as_not_reached():
    words = [step.words for step in trace(b"10.77.2.2 d\nnx02 c\n").steps]
    assert words == ["no entry", "no entry", "c (line 2)", "not reached; an entry names it too: d (line 1)"]


def test_a_later_name_without_an_entry_is_not_reached_either():
    assert [step.words for step in trace(b"nx02 c\n").steps][3] == "not reached"


def test_the_outcome_is_that_of_assign():
    hostmap = HostnameMap.from_text(b"nx02 c\n", "map")
    assert hostmap.explain(NX02).assignment == hostmap.assign(NX02)


def test_a_name_that_misses_tells_the_entries_that_almost_name_it():
    steps = trace(b"nx02.example.com c\nNX02-vol1 a\n").steps
    assert [[miss.other for miss in step.near] for step in steps] == [["NX02-vol1"], [], ["nx02.example.com"], []]


def test_the_near_misses_of_all_names_are_told_each_once():
    assert [miss.other for miss in trace(b"nx02.example.com c\nNX02-vol1 a\n").near] == [
        "NX02-vol1",
        "nx02.example.com",
    ]


def test_a_volume_that_is_mapped_has_no_near_misses():
    assert trace(b"nx02-vol1 a\nNX02 c\n").near == ()


def test_an_entry_that_names_another_volume_is_no_near_miss():
    volumes = web_cluster().volumes
    hostmap = HostnameMap.from_text(b"nx01-vol1 a\nnx03-vol1 b\nnx22-vol1 c\n", "map")
    assert [miss.other for miss in hostmap.explain(volumes[1], volumes).near] == ["nx22-vol1"]


def test_entries_that_name_nothing_are_told_in_the_order_of_the_file():
    assert HostnameMap.from_text(b"z 1\nnx02 2\na 3\n", "map").unused([NX02]) == ["z", "a"]


def test_a_host_that_nobody_configured_is_not_tried():
    volume = a_volume(0, configured_host="")
    assert [step.kind for step in HostnameMap.none().explain(volume).steps] == ["volume", "brick", "host"]
