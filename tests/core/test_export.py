"""Exporting a selection: what is counted, and what makes an export refuse. See test_replacing.py for the file."""

import io

import pytest

from disco.dfs.gluster.addresses import Addresser
from disco.dfs.gluster.errors import AddressError, FailedFilesError, Failure, UnmappedVolumesError
from disco.dfs.gluster.export import Rules, Tally, unmapped_files, write_list
from disco.dfs.gluster.formats import JsonFormat, LinesFormat
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.walk import PlacedFiles

from .samples import web_cluster

FIRST, SECOND = Placement(0, (0, 1), (), "attribute"), Placement(1, (2, 3), (), "attribute")
ALL_MAPPED = {"nx01": "n1", "nx02": "n2", "nx03": "n3", "nx04": "n4"}
BUT_NX04 = {host: node for host, node in ALL_MAPPED.items() if host != "nx04"}
FAILURE = Failure(b"/inputfs/logs/c", 107, "offline")


def addresser(mapping):
    return Addresser(web_cluster(), HostnameMap.from_mapping(mapping))


def batch(*names, placement=FIRST, size=7):
    return PlacedFiles(b"logs", list(names), [placement] * len(names), [size] * len(names))


def tally(*batches, mapping=ALL_MAPPED):
    counted = Tally(addresser(mapping))
    for placed in batches:
        counted.add(placed)
    return counted


class Export:
    """One export of two batches into memory."""

    def __init__(self, rules=Rules(), failures=(), mapping=ALL_MAPPED, kind=LinesFormat, batches=None):  # noqa: B008
        self.out = io.BytesIO()
        self.told = []
        self.rules, self.failures = rules, failures
        self.batches = batches or [batch(b"a"), batch(b"b", placement=SECOND)]
        self.format = kind(addresser(mapping))

    def run(self):
        return write_list(
            self.batches, lambda: self.failures, self.format, self.rules, self.out, progress=self.told.append
        )


def test_files_are_counted():
    assert tally(batch(b"a", b"b"), batch(b"c")).files == 3


def test_bytes_are_counted():
    assert tally(batch(b"a", b"b", size=5), batch(b"c", size=1)).bytes == 11


def test_a_size_that_is_not_known_is_counted_apart():
    counted = tally(batch(b"a", size=-1), batch(b"b", size=5))
    assert (counted.bytes, counted.unsized) == (5, 1)


def test_files_are_counted_by_placement():
    assert tally(batch(b"a", b"b"), batch(b"c", placement=SECOND)).by_placement == {FIRST: 2, SECOND: 1}


def test_unmapped_volumes_are_counted_by_their_files():
    assert tally(batch(b"a", b"b"), batch(b"c", placement=SECOND), mapping=BUT_NX04).unmapped == {3: 1}


def test_unmapped_volumes_come_in_the_order_of_the_graph():
    counted = unmapped_files(addresser({"other": "n"}), {SECOND: 2, FIRST: 3})
    assert list(counted.items()) == [(0, 3), (1, 3), (2, 2), (3, 2)]


def test_a_volume_without_files_is_not_counted():
    assert tally(batch(b"a"), mapping=BUT_NX04).unmapped == {}


def test_an_export_writes_all_batches():
    export = Export()
    export.run()
    assert export.out.getvalue() == b"dfs://n1/logs/a\tdfs://n2/logs/a\ndfs://n3/logs/b\tdfs://n4/logs/b\n"


def test_an_export_writes_what_stands_around_the_files():
    export = Export(kind=JsonFormat)
    export.run()
    assert (export.out.getvalue()[:2], export.out.getvalue()[-3:]) == (b"[\n", b"\n]\n")


def test_an_export_tells_what_it_wrote():
    assert Export().run().files == 2


def test_an_export_tells_how_far_it_is():
    export = Export()
    export.run()
    assert export.told == [1, 2]


def test_an_error_of_the_progress_ends_the_export():
    export = Export()
    with pytest.raises(ZeroDivisionError):
        write_list(export.batches, list, export.format, Rules(), export.out, progress=lambda files: 1 // 0)


def test_failed_files_refuse_an_export():
    with pytest.raises(FailedFilesError) as caught:
        Export(failures=[FAILURE]).run()
    assert caught.value.failures == (FAILURE,)


def test_failed_files_may_be_skipped():
    assert Export(Rules(skip_failed=True), [FAILURE]).run().files == 2


def test_an_unmapped_volume_goes_by_its_host():
    export = Export(mapping=BUT_NX04)
    export.run()
    assert b"dfs://nx04/logs/b" in export.out.getvalue()


def test_an_unmapped_volume_may_refuse_an_export():
    with pytest.raises(UnmappedVolumesError) as caught:
        Export(Rules(refuse_unmapped=True), mapping=BUT_NX04).run()
    assert caught.value.files == {"nx04-vol1": 1}


def test_where_all_are_mapped_none_refuses():
    assert Export(Rules(refuse_unmapped=True)).run().files == 2


def test_without_a_map_in_use_no_volume_refuses():
    assert Export(Rules(refuse_unmapped=True), mapping={}).run().files == 2


def test_a_name_that_cannot_be_carried_ends_the_export():
    with pytest.raises(AddressError):
        Export(batches=[batch(b"a\nb")]).run()
