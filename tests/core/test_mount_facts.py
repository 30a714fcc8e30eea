"""What a mount's `.meta` says of its graph."""

import os

import pytest

from disco.dfs.gluster.errors import GraphError, PathError
from disco.dfs.gluster.graph import parse_volfile
from disco.dfs.gluster.meta import states_of
from disco.dfs.gluster.mount_facts import read_graph_unit

from .samples import web_volfile


@pytest.fixture
def meta(tmp_path, data):
    """The graphs of a mount. Of the active one the first client is connected and the second is not, the third says
    nonsense and the fourth nothing; the first group is up and the second is not.
    """
    graph = tmp_path / "graph-1"
    graph.mkdir()
    (graph / "volfile").write_bytes(web_volfile())
    client = (data / "client-private.txt").read_text()
    told = {
        "nx01-vol1": client,
        "nx02-vol1": client.replace("connected = 1", "connected = 0"),
        "nx03-vol1": "nonsense\n",
        "web-replicate-0": "up = 2\nchild_up[0] = 1\n",
        "web-replicate-1": "up = 0\n",
    }
    for name, text in told.items():
        (graph / name).mkdir()
        (graph / name / "private").write_text(text)
    (tmp_path / "active").symlink_to("graph-1")
    return tmp_path


@pytest.fixture
def link(meta):
    return os.fsencode(meta / "active")


STATES = {"nx01-vol1": True, "nx02-vol1": False, "web-replicate-0": True, "web-replicate-1": False}


def test_a_graph_is_known_by_its_shape(link):
    assert read_graph_unit(link)[:2] == (link, parse_volfile(web_volfile()).shape)


def test_the_graph_that_is_active_is_read(link):
    assert read_graph_unit(link).volfile == web_volfile()


def test_volumes_and_groups_tell_whether_they_are_up(link):
    assert read_graph_unit(link).states == STATES


def test_only_those_that_are_asked_for_are_looked_at(link):
    assert states_of(link, ["nx02-vol1", "nx04-vol1"]) == {"nx02-vol1": False}


def test_a_graph_that_changed_while_it_was_read_is_read_again(meta, link, monkeypatch):
    changes = [lambda: os.replace(meta / "next", meta / "active")]
    (meta / "graph-2").mkdir()
    (meta / "graph-2" / "volfile").write_bytes(web_volfile().replace(b"nx01", b"nx09"))
    (meta / "next").symlink_to("graph-2")
    read = os.readlink

    def readlink(path):
        said = read(path)
        if changes:
            changes.pop()()
        return said

    monkeypatch.setattr(os, "readlink", readlink)
    facts = read_graph_unit(link)
    assert b"nx09-vol1" in facts.volfile


def test_a_link_that_cannot_be_read_is_an_error_that_comes_as_a_value(meta):
    told = read_graph_unit(os.fsencode(meta / "missing"))
    assert isinstance(told, PathError)


def test_a_graph_that_makes_no_sense_is_an_error_that_comes_as_a_value(meta, link):
    (meta / "graph-1" / "volfile").write_bytes(b"nonsense")
    assert isinstance(read_graph_unit(link), GraphError)
