"""Making a recording: what is read back is what was there."""

import gzip
import json
import os
from concurrent.futures import Future

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.cluster import Cluster
from disco.dfs.gluster.errors import ExportError
from disco.dfs.gluster.filters import Substring
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.inputfs import Start
from disco.dfs.gluster.recorder import record
from disco.dfs.gluster.recording import open_recording
from disco.dfs.gluster.walk import Report, walk

from .samples import ODD_NAMES, directory_line, opened, recording_of, recording_text
from .sources import ROOT, Around, Vanishing, walked

LINES = [
    directory_line(b"", [b"a"], [b"d", b"e", b"x"], groups=[1]),
    directory_line(b"d", [b"1", b"2", b"3"], groups=[0, -1, 1], absent={"2": [3]}, failed={"1": [107, "offline"]}),
    directory_line(b"e", others=4),
    {"directory": "x", "error": [13, "Permission denied"]},
]


@pytest.fixture
def target(tmp_path):
    return os.fsencode(tmp_path / "recording.jsonl")


def again(source, target, start=ROOT, **options):
    """A recording of a source, read back."""
    record(source, start, target, **options)
    return open_recording(target)


def picture(source, start=ROOT):
    """All that a walk finds."""
    report = Report()
    found = [
        (placed.directory, placed.names, placed.sizes, placed.placements)
        for placed in walk(source, start, Substring(b""), report=report, sizes=True)
    ]
    return found, report


def test_a_recording_of_a_recording_is_alike(target):
    source = opened(recording_text(LINES))
    assert picture(again(source, target)) == picture(source)


def test_the_cluster_is_recorded(target):
    source = opened(recording_text(LINES, shard_block_size=4 << 20))
    read = again(source, target).cluster
    assert (read.volumes, read.groups, read.name, read.shard_block_size) == (
        source.cluster.volumes,
        source.cluster.groups,
        "web",
        4 << 20,
    )


def test_what_the_files_taught_of_hosts_is_recorded(target):
    class Learning(Around):
        def placement(self, answer):
            self.cluster.set_states({"nx01-vol1": True})
            return self.source.placement(answer)

    source = Learning(recording_of([b"a"]))
    source.placement = Learning.placement.__get__(source)
    assert again(source, target).cluster.volumes[0].online


def test_the_mount_point_is_recorded(target):
    assert again(recording_of([], mount_point={"b64": "L2lucHV0ZnP/"}), target).mount_point == b"/inputfs\xff"


def test_a_part_is_recorded(target):
    assert walked(again(recording_of([b"a/1", b"b/1"]), target, Start(b"b")), Start(b"b")) == [b"b/1"]


def test_a_part_begins_where_it_begins(target):
    assert again(recording_of([b"b/1"]), target, Start(b"b")).start == Start(b"b")


def test_one_file_is_recorded(target):
    assert walked(again(recording_of([b"a/1", b"a/2"]), target, Start(b"a", b"2")), Start(b"a")) == [b"a/2"]


def test_names_of_every_odd_kind_are_recorded(target):
    assert walked(again(recording_of(ODD_NAMES.values()), target)) == sorted(ODD_NAMES.values())


NAMES = st.sets(st.binary(min_size=1, max_size=9).filter(lambda n: not set(n) & {0, 47} and n not in (b".", b"..")))


@given(NAMES)
def test_any_names_are_recorded(tmp_path_factory, names):
    target = os.fsencode(tmp_path_factory.getbasetemp() / "any.jsonl")
    assert walked(again(recording_of(names), target)) == sorted(names)


def test_a_directory_of_several_batches_is_recorded_whole(target):
    paths = [b"%04d" % i for i in range(1000)]
    assert walked(again(recording_of(paths), target)) == paths


def test_what_vanished_is_not_recorded(target):
    source = Vanishing(recording_of([b"a"]), [b"gone"], [b"gone-too"])
    assert picture(again(source, target))[1].files == 1


def test_what_vanished_is_reported(target):
    assert record(Vanishing(recording_of([b"a"]), [b"gone"], [b"gone-too"]), ROOT, target).vanished == 2


def test_a_file_whose_volumes_are_all_offline_is_recorded_with_its_reason(target):
    source = recording_of([b"a"])
    source.cluster.set_states({volume.name: False for volume in source.cluster.volumes})
    assert "offline" in picture(again(source, target))[1].failures[0].fact


def test_the_host_map_is_recorded(target):
    hostname_map = HostnameMap.from_text(b"# racks\nnx01 n1\n", "/inputfs/.hostname_map")
    read = again(recording_of([]), target, hostname_map=hostname_map).hostname_map().result()
    assert (read.text, read.source) == (b"# racks\nnx01 n1\n", "/inputfs/.hostname_map")


def test_a_host_map_that_is_not_utf_8_is_recorded(target):
    hostname_map = HostnameMap.from_text(b"v\xff n1\n", os.fsdecode(b"/inputfs\xff/.hostname_map"))
    read = again(recording_of([]), target, hostname_map=hostname_map).hostname_map().result()
    assert (read.text, os.fsencode(read.source)) == (b"v\xff n1\n", b"/inputfs\xff/.hostname_map")


def test_a_brick_that_is_not_utf_8_is_recorded(target):
    volumes = [{"name": "v", "host": "h", "brick": "/b\udcff", "configured_host": "h", "group": 0}]
    source = recording_of([], volumes=volumes)
    assert again(source, target).cluster.volumes[0].brick == "/b\udcff"


def test_a_recording_is_always_utf_8(target):
    volumes = [{"name": "v", "host": "h", "brick": "/b\udcff", "configured_host": "h", "group": 0}]
    record(recording_of([b"\xff"], volumes=volumes, groups=[{"name": "g", "kind": "single"}] * 2), ROOT, target)
    with open(target, encoding="utf-8") as file:
        assert all(json.loads(line) for line in file)


def test_a_cluster_without_a_graph_is_recorded_as_it_was_learnt(target):
    source = recording_of([])
    source.cluster = Cluster(name="web")
    assert again(source, target).cluster.volumes == ()


def test_a_name_that_ends_in_gz_makes_a_compressed_recording(tmp_path):
    target = os.fsencode(tmp_path / "r.jsonl.gz")
    record(recording_of([b"a"]), ROOT, target)
    with gzip.open(target) as file:
        assert file.readline().startswith(b'{"gluster_tui_recording":1')


def test_a_compressed_recording_is_read_back(tmp_path):
    target = os.fsencode(tmp_path / "r.jsonl.gz")
    assert walked(again(recording_of([b"a"]), target)) == [b"a"]


def test_the_report_tells_what_was_recorded(target):
    report = record(opened(recording_text(LINES)), ROOT, target)
    assert (report.files, report.directories, report.others, len(report.failures)) == (3, 3, 4, 2)


def test_progress_is_told_at_every_directory(target):
    told = []
    report = record(opened(recording_text(LINES)), ROOT, target, progress=told.append)
    assert told == [report] * len(LINES)


def test_a_target_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(ExportError):
        record(recording_of([b"a"]), ROOT, os.fsencode(tmp_path / "missing" / "r.jsonl"))


def test_a_recording_that_is_stopped_leaves_nothing(tmp_path, target):
    def stop(report):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record(recording_of([b"a"]), ROOT, target, progress=stop)
    assert os.listdir(tmp_path) == []


def test_a_source_that_fails_altogether_leaves_nothing(tmp_path, target):
    class Broken(Around):
        def list_directory(self, directory, *, sizes, ask=False):
            future = Future()
            future.set_exception(RuntimeError("the pool is broken"))
            return future

    with pytest.raises(RuntimeError, match="the pool is broken"):
        record(Broken(recording_of([b"a"])), ROOT, target)
    assert os.listdir(tmp_path) == []
