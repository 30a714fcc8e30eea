"""Editing a map: steps back and forth, and whether anything is not saved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.errors import HostnameMapError
from disco.dfs.gluster.map_edits import MapEdits
from disco.dfs.gluster.map_text import MapText


@pytest.fixture
def edits():
    return MapEdits(MapText.parse(b"a n1\n"), "map")


def test_what_was_read_is_clean(edits):
    assert not edits.dirty


def test_an_edit_makes_it_dirty(edits):
    edits.set_nodes({"a": "n2"}, "a -> n2")
    assert edits.dirty


def test_an_edit_that_changes_nothing_is_no_step(edits):
    edits.set_nodes({"a": "n1"}, "a -> n1")
    assert edits.undoable is None


def test_an_edit_that_is_made_back_by_hand_leaves_it_clean(edits):
    edits.set_nodes({"a": "n2"}, "a -> n2")
    edits.set_nodes({"a": "n1"}, "a -> n1")
    assert not edits.dirty


def test_several_edits_are_taken_back_as_one_step(edits):
    edits.set_nodes({"b": "n2", "c": "n3"}, "2 suggestions")
    edits.undo()
    assert edits.text.text == b"a n1\n"


def test_a_step_tells_what_it_did(edits):
    edits.set_nodes({"a": "n2"}, "a -> n2")
    assert (edits.undoable, edits.redoable) == ("a -> n2", None)


def test_a_step_that_was_taken_back_can_be_done_again(edits):
    edits.remove("a")
    edits.undo()
    assert edits.redoable == "a removed"


def test_an_edit_forgets_the_steps_that_were_taken_back(edits):
    edits.set_nodes({"a": "n2"}, "a -> n2")
    edits.undo()
    edits.set_nodes({"a": "n3"}, "a -> n3")
    assert not edits.redo()


def test_an_edit_that_is_refused_changes_nothing(edits):
    with pytest.raises(HostnameMapError):
        edits.set_nodes({"b": "n2", "c": "n/3"}, "two")
    assert edits.text.text == b"a n1\n"


def test_what_was_saved_is_clean(edits):
    edits.set_nodes({"a": "n2"}, "a -> n2")
    edits.saved(edits.text)
    assert not edits.dirty


def test_taking_back_what_was_saved_makes_it_dirty(edits):
    edits.set_nodes({"a": "n2"}, "a -> n2")
    edits.saved(edits.text)
    edits.undo()
    assert edits.dirty


def test_a_map_that_is_not_there_yet_is_clean_while_it_is_empty():
    assert not MapEdits(None, "map").dirty


def test_undo_never_takes_back_what_others_have_saved(edits):
    edits.set_nodes({"a": "n2"}, "a -> n2")
    theirs = MapText.parse(b"a n9\n")
    edits.reread(theirs, theirs.with_nodes({"b": "n3"}))
    edits.undo()
    edits.undo()
    assert edits.text.text == b"a n9\n"


def test_edits_go_on_over_a_file_that_was_read_again(edits):
    theirs = MapText.parse(b"a n9\n")
    edits.reread(theirs, theirs.with_nodes({"b": "n3"}))
    assert edits.dirty
    assert edits.text.text == b"a n9\nb n3\n"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"))))
def test_undo_and_redo_have_no_end(changes):
    edits = MapEdits(MapText(), "map")
    for name, node in changes:
        edits.set_nodes({name: node}, f"{name} -> {node}")
    last = edits.text
    while edits.undo():
        pass
    assert edits.text == MapText()
    while edits.redo():
        pass
    assert edits.text == last
