"""files(): the addresses of a dataset, as jobs call it. The dataset is a recording; see tests/real for a mount."""

import gc
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import disco.dfs.gluster
from disco.dfs.gluster import (
    FailedFilesError,
    HostnameMap,
    NoHostnameMapError,
    NotInputfsError,
    Report,
    files,
    iter_files,
)
from disco.dfs.gluster.errors import Failure, HostnameMapError
from disco.dfs.gluster.inputfs import Start

from .samples import directory_line, opened, recording_text

LINES = [directory_line(b"", [], [b"logs"]), directory_line(b"logs", [b"2006-07-01", b"2006-08-01"], groups=[1, 0])]
FAILING = [directory_line(b"", [b"a", b"b", b"c"], groups=[0, -1, 1], failed={"1": [107, "offline"]})]
FAILURE = Failure(b"/inputfs/b", 107, "offline")
MAP = {"source": "/inputfs/.hostname_map", "text": "nx01 disco-01\nnx02 disco-02\nnx03 disco-03\n"}


@pytest.fixture
def on(monkeypatch):
    """Makes every path lead to a recording of these directories."""

    def use(lines, start=Start(b""), **header):  # noqa: B008
        recording = opened(recording_text(lines, **header))
        monkeypatch.setattr(
            sys.modules["disco.dfs.gluster.files"], "open_inputfs", lambda path, **how: (recording, start)
        )
        return recording

    return use


def test_a_file_has_an_address_a_replica(on):
    on(LINES)
    assert files("/inputfs", hostname_map={}) == [
        ["dfs://nx03/logs/2006-07-01", "dfs://nx04/logs/2006-07-01"],
        ["dfs://nx01/logs/2006-08-01", "dfs://nx02/logs/2006-08-01"],
    ]


def test_every_call_returns_the_same(on):
    on(LINES)
    assert files("/inputfs", hostname_map={}) == files("/inputfs", hostname_map={})


def test_the_filter_is_the_second_argument(on):
    on(LINES)
    assert files("/inputfs", "2006-07", {}) == [["dfs://nx03/logs/2006-07-01", "dfs://nx04/logs/2006-07-01"]]


def test_a_compiled_expression_is_matched_against_the_name(on):
    on(LINES)
    assert len(files("/inputfs", re.compile(r"2006-0[7]"), {})) == 1


def test_a_substring_is_looked_for_in_the_whole_path(on):
    on(LINES)
    assert len(files("/inputfs", "/inputfs/logs/2006", {})) == 2


def test_nothing_kept_is_an_empty_list(on):
    on(LINES)
    assert files("/inputfs", "1999", {}) == []


def test_a_file_may_be_named(on):
    on(LINES, Start(b"logs", b"2006-08-01"))
    assert files("/inputfs/logs/2006-08-01", hostname_map={}) == [
        ["dfs://nx01/logs/2006-08-01", "dfs://nx02/logs/2006-08-01"]
    ]


def nodes(**arguments):
    return [address.split("/")[2] for replicas in files("/inputfs", **arguments) for address in replicas]


def test_without_an_argument_the_host_map_is_that_of_the_inputfs(on):
    on(LINES, hostname_map=MAP)
    assert nodes() == ["disco-03", "nx04", "disco-01", "disco-02"]


def test_a_mapping_that_is_passed_is_used_instead(on):
    on(LINES, hostname_map=MAP)
    assert nodes(hostname_map={"nx04-vol1": "n4"}) == ["nx03", "n4", "nx01", "nx02"]


def test_an_empty_mapping_uses_hosts_as_they_are_named(on):
    on(LINES, hostname_map=MAP)
    assert nodes(hostname_map={}) == ["nx03", "nx04", "nx01", "nx02"]


def test_a_host_map_that_was_read_may_be_passed(on):
    on(LINES)
    assert nodes(hostname_map=HostnameMap.from_text(b"nx03 n3\n", "map")) == ["n3", "nx04", "nx01", "nx02"]


def test_without_an_argument_there_must_be_a_host_map(on):
    on(LINES)
    with pytest.raises(NoHostnameMapError):
        files("/inputfs")


def test_a_host_map_with_an_error_is_raised(on):
    on(LINES, hostname_map={"source": "map", "text": "one-word\n"})
    with pytest.raises(HostnameMapError):
        files("/inputfs")


def test_failures_are_raised_at_the_end_all_of_them(on):
    on(FAILING)
    with pytest.raises(FailedFilesError) as caught:
        files("/inputfs", hostname_map={})
    assert caught.value.failures == (FAILURE,)


def test_failures_are_raised_with_what_was_resolved(on):
    on(FAILING)
    with pytest.raises(FailedFilesError) as caught:
        files("/inputfs", hostname_map={})
    assert caught.value.resolved == [["dfs://nx01/a", "dfs://nx02/a"], ["dfs://nx03/c", "dfs://nx04/c"]]


def test_failures_may_be_taken_as_they_are_met(on):
    on(FAILING)
    told = []
    files("/inputfs", hostname_map={}, on_error=told.append)
    assert told == [FAILURE]


def test_every_group_that_is_down_is_a_failure_of_its_own(on):
    on(LINES, down=["web-replicate-0", "web-replicate-1"])
    told = []
    files("/inputfs", hostname_map={}, on_error=told.append)
    assert [failure.fact.split()[0] for failure in told] == ["web-replicate-0", "web-replicate-1"]


def test_who_takes_the_failures_gets_the_rest(on):
    on(FAILING)
    assert len(files("/inputfs", hostname_map={}, on_error=lambda failure: None)) == 2


def test_what_a_taker_of_failures_raises_comes_out(on):
    def refuse(failure):
        raise LookupError(failure.fact)

    on(FAILING)
    with pytest.raises(LookupError, match="offline"):
        files("/inputfs", hostname_map={}, on_error=refuse)


def test_a_report_is_filled(on):
    on(FAILING)
    files("/inputfs", hostname_map={}, on_error=lambda failure: None, report=(report := Report()))
    assert (report.files, report.directories, report.failures) == (2, 1, [FAILURE])


def test_a_report_that_is_used_again_does_not_bring_back_earlier_failures(on):
    on(FAILING)
    report, told = Report(), []
    for _ in range(2):
        files("/inputfs", hostname_map={}, on_error=told.append, report=report)
    assert told == [FAILURE, FAILURE]


def test_files_come_one_by_one(on):
    on(LINES)
    assert next(iter_files("/inputfs", hostname_map={})) == ["dfs://nx03/logs/2006-07-01", "dfs://nx04/logs/2006-07-01"]


def test_one_by_one_the_same_files_come(on):
    on(LINES)
    assert list(iter_files("/inputfs", hostname_map={})) == files("/inputfs", hostname_map={})


def test_one_by_one_failures_are_raised_after_the_last_file(on):
    on(FAILING)
    came = []
    with pytest.raises(FailedFilesError):
        came.extend(iter_files("/inputfs", hostname_map={}))
    assert len(came) == 2


@pytest.mark.parametrize("call", [files, iter_files])
@pytest.mark.parametrize("filter", [b"2006", 5, ["2006"]])
def test_a_filter_of_another_type_is_a_type_error_before_anything_is_read(call, filter):
    with pytest.raises(TypeError, match="filter must be"):
        call("/missing", filter, {})


@pytest.mark.parametrize("call", [files, iter_files])
@pytest.mark.parametrize("hostname_map", ["map", 5, [("a", "n")], True])
def test_a_map_of_another_type_is_a_type_error_before_anything_is_read(call, hostname_map):
    with pytest.raises(TypeError, match="hostname_map must be"):
        call("/missing", None, hostname_map)


@pytest.mark.parametrize("call", [files, iter_files])
def test_a_path_that_is_not_on_glusterfs_is_an_error_at_once(call, tmp_path):
    with pytest.raises(NotInputfsError, match="is not on GlusterFS"):
        call(str(tmp_path))


def test_a_path_may_be_bytes(tmp_path):
    with pytest.raises(NotInputfsError):
        files(bytes(tmp_path))


def test_all_public_names_are_there():
    assert all(hasattr(disco.dfs.gluster, name) for name in disco.dfs.gluster.__all__)


def test_the_function_is_reached_as_jobs_import_it():
    from disco.dfs.gluster import files as imported

    assert callable(imported)


def test_files_that_nobody_asks_for_hold_nothing_open(on, monkeypatch):
    closed = []
    source = on(LINES)
    monkeypatch.setattr(source, "close", lambda: closed.append(1))
    iter_files("/inputfs", None, {})
    gc.collect()
    assert closed == [1]


@pytest.mark.parametrize(
    "argument", [{"executor": 5}, {"executor": ThreadPoolExecutor}, {"report": {}}, {"on_error": 5}]
)
def test_any_other_argument_of_another_type_is_a_type_error_before_anything_is_read(argument):
    (name,) = argument
    with pytest.raises(TypeError, match=name):
        files("/no/such/path", **argument)
