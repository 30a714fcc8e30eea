"""The host map: its file, its look-up order, and where it is found."""

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.errors import HostnameMapError, NoHostnameMapError, PathError
from disco.dfs.gluster.hostmap import MAP_VARIABLE, HostnameMap, find_hostname_map, read_hostname_map

from .samples import a_volume

NX02 = {"name": "nx02-vol1", "host": "nx02", "brick": "/data/b1", "configured_host": "10.77.2.2"}


def nodes(text):
    """What a file of this text maps."""
    return {name: entry.node for name, entry in HostnameMap.from_text(text, "map").entries.items()}


def assigned(*entries):
    """What a map of these lines gives the volume NX02."""
    return HostnameMap.from_text("\n".join(entries).encode(), "map").assign(a_volume(**NX02))


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv(MAP_VARIABLE, raising=False)


def test_a_line_maps_a_volume_to_a_node():
    assert nodes(b"nx02-vol1 disco-02\n") == {"nx02-vol1": "disco-02"}


def test_words_may_be_set_apart_by_any_spaces_and_tabs():
    assert nodes(b"  nx02-vol1 \t  disco-02  ") == {"nx02-vol1": "disco-02"}


def test_lines_may_end_as_on_windows():
    assert nodes(b"a n1\r\nb n2\r\n") == {"a": "n1", "b": "n2"}


def test_the_last_line_need_not_end():
    assert nodes(b"a n1\nb n2") == {"a": "n1", "b": "n2"}


def test_blank_lines_are_skipped():
    assert nodes(b"\n  \na n1\n\t\n") == {"a": "n1"}


def test_comments_are_skipped():
    assert nodes(b"# volumes\n  # more\na n1\n") == {"a": "n1"}


def test_a_comment_may_follow_an_entry():
    assert nodes(b"a n1 # rack 3\n") == {"a": "n1"}


def test_a_sharp_within_a_word_is_no_comment():
    assert nodes(b"a#1 n#1\n") == {"a#1": "n#1"}


def test_a_byte_order_mark_is_skipped():
    assert nodes(b"\xef\xbb\xbfa n1\n") == {"a": "n1"}


def test_a_byte_order_mark_elsewhere_belongs_to_the_name():
    assert nodes(b"a n1\n\xef\xbb\xbfb n2\n") == {"a": "n1", "\ufeffb": "n2"}


def test_names_that_are_not_utf_8_are_kept_as_bytes():
    assert os.fsencode(next(iter(nodes(b"v\xff n1\n")))) == b"v\xff"


def test_an_entry_given_twice_alike_is_one():
    assert nodes(b"a n1\na n1\n") == {"a": "n1"}


def test_several_names_may_have_one_node():
    assert nodes(b"a n1\nb n1\n") == {"a": "n1", "b": "n1"}


@pytest.mark.parametrize("name", ["nx02:/data/b1", "nx02.example.org:/b", "10.77.2.2:/b", "fd00::2:/data/b1", "h:/"])
def test_a_name_may_be_a_brick(name):
    assert nodes(f"{name} n1".encode()) == {name: "n1"}


def test_an_entry_knows_its_line():
    assert HostnameMap.from_text(b"# x\n\na n1\n", "map").entries["a"].line == 3


def test_an_entry_given_twice_has_the_first_line():
    assert HostnameMap.from_text(b"a n1\na n1\n", "map").entries["a"].line == 1


@pytest.mark.parametrize(
    ("text", "line", "fact"),
    [
        (b"a\n", 1, "expected 'volume node', found one word"),
        (b"a n1\nb n2 n3\n", 2, "expected 'volume node', found 3 words"),
        (b"a # n1\n", 1, "expected 'volume node', found one word"),
        (b"a rack/n1\n", 1, "the node name 'rack/n1' holds a '/'"),
        (b"# x\n\n/data/b1 n1\n", 3, "the name '/data/b1' holds a '/' and is not of the form host:/brick"),
        (b":/c n1\n", 1, "the name ':/c' holds a '/' and is not of the form host:/brick"),
        (b"a/b:/c n1\n", 1, "the name 'a/b:/c' holds a '/' and is not of the form host:/brick"),
        (b"a n\x1b[31m\n", 1, "the node name 'n\\x1b[31m' holds a control character"),
        (b"a\x7f n1\n", 1, "the volume name 'a\\x7f' holds a control character"),
        (b"a n\0\n", 1, "the node name 'n\\x00' holds a control character"),
        ("a n\u009b31m\n".encode(), 1, "the node name 'n\\x9b31m' holds a control character"),
        (b"a n1\nb n1\na n2\n", 3, "a is n2 here and n1 in line 1"),
    ],
)
def test_a_line_that_cannot_be_used_is_an_error_with_its_number(text, line, fact):
    with pytest.raises(HostnameMapError) as caught:
        HostnameMap.from_text(text, "map")
    assert (caught.value.line, caught.value.fact) == (line, fact)


def test_the_error_names_the_file(tmp_path):
    path = tmp_path / "map"
    path.write_bytes(b"a n1\nb\n")
    with pytest.raises(HostnameMapError) as caught:
        read_hostname_map(str(path))
    assert str(caught.value) == f"{path}, line 2: expected 'volume node', found one word"


@pytest.mark.fuzz
@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_a_map_or_an_error(text):
    with contextlib.suppress(HostnameMapError):
        HostnameMap.from_text(text, "map")


WORD = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="#/"), min_size=1)


@given(st.dictionaries(WORD, WORD))
def test_a_map_that_is_written_out_is_read_back(mapping):
    assert nodes("\n".join(f"{name}\t{node}" for name, node in mapping.items()).encode()) == mapping


def test_the_volume_name_is_looked_up_first():
    assert assigned("10.77.2.2 d", "nx02 c", "nx02:/data/b1 b", "nx02-vol1 a").node == "a"


def test_the_brick_is_looked_up_second():
    assert assigned("10.77.2.2 d", "nx02 c", "nx02:/data/b1 b").node == "b"


def test_the_bricks_host_is_looked_up_third():
    assert assigned("10.77.2.2 d", "nx02 c").node == "c"


def test_the_host_that_the_graph_was_configured_with_is_looked_up_last():
    assert assigned("10.77.2.2 d").node == "d"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("nx02-vol1 n", "volume"),
        ("nx02:/data/b1 n", "brick"),
        ("nx02 n", "host"),
        ("10.77.2.2 n", "configured host"),
    ],
)
def test_an_assignment_tells_which_name_was_found(line, kind):
    assert assigned(line).matched == kind


def test_an_assignment_tells_the_line():
    assert assigned("# x", "nx02 n").entry.place == "line 2"


def test_a_volume_that_no_entry_names_goes_by_its_host():
    assert assigned("nx03 n").node == "nx02"


def test_a_volume_that_no_entry_names_is_unmapped():
    assert assigned("nx03 n").unmapped


def test_an_empty_file_leaves_every_volume_unmapped():
    assert assigned("").unmapped


def test_an_empty_mapping_leaves_no_volume_unmapped():
    assert not HostnameMap.from_mapping({}).assign(a_volume(**NX02)).unmapped


def test_an_empty_mapping_uses_hosts_as_they_are_named():
    assert HostnameMap.from_mapping({}).assign(a_volume(**NX02)).node == "nx02"


def test_a_mapping_maps():
    assert HostnameMap.from_mapping({"nx02": "n"}).assign(a_volume(**NX02)).node == "n"


def test_an_entry_of_a_mapping_was_passed_by_the_caller():
    assert HostnameMap.from_mapping({"nx02": "n"}).assign(a_volume(**NX02)).entry.place == "passed by the caller"


@pytest.mark.parametrize("mapping", [{1: "n"}, {"v": 2}, {"v": None}, {b"v": "n"}, {"v": b"n"}])
def test_a_mapping_of_other_types_is_a_type_error(mapping):
    with pytest.raises(TypeError, match="must map str to str"):
        HostnameMap.from_mapping(mapping)


@pytest.mark.parametrize("mapping", [{"": "n"}, {"v": ""}, {"v": "a/b"}, {"v": "a b"}, {"v w": "n"}, {"v": "n\n"}])
def test_a_mapping_is_held_to_the_rules_of_the_file(mapping):
    with pytest.raises(HostnameMapError, match="the mapping passed by the caller: "):
        HostnameMap.from_mapping(mapping)


def test_the_map_lies_at_the_mount_point(tmp_path):
    (tmp_path / ".hostname_map").write_bytes(b"a n1\n")
    assert find_hostname_map(os.fsencode(tmp_path), os.environ.get(MAP_VARIABLE)).entries["a"].node == "n1"


def test_the_variable_names_another_file(tmp_path, monkeypatch):
    (tmp_path / ".hostname_map").write_bytes(b"a n1\n")
    (tmp_path / "other").write_bytes(b"a n2\n")
    monkeypatch.setenv(MAP_VARIABLE, str(tmp_path / "other"))
    assert find_hostname_map(os.fsencode(tmp_path), os.environ.get(MAP_VARIABLE)).entries["a"].node == "n2"


def test_an_empty_variable_names_nothing(tmp_path, monkeypatch):
    (tmp_path / ".hostname_map").write_bytes(b"a n1\n")
    monkeypatch.setenv(MAP_VARIABLE, "")
    assert find_hostname_map(os.fsencode(tmp_path), os.environ.get(MAP_VARIABLE)).entries["a"].node == "n1"


def test_a_variable_that_names_no_file_is_an_error_even_where_the_other_map_is_there(tmp_path, monkeypatch):
    (tmp_path / ".hostname_map").write_bytes(b"a n1\n")
    monkeypatch.setenv(MAP_VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(PathError, match="missing: No such file"):
        find_hostname_map(os.fsencode(tmp_path), os.environ.get(MAP_VARIABLE))


def test_no_map_is_an_error_that_names_both_places(tmp_path):
    with pytest.raises(NoHostnameMapError) as caught:
        find_hostname_map(os.fsencode(tmp_path), os.environ.get(MAP_VARIABLE))
    assert caught.value.places == (f"${MAP_VARIABLE} (not set)", f"{tmp_path}/.hostname_map")


def test_a_map_that_cannot_be_read_is_not_taken_for_a_missing_one(tmp_path):
    (tmp_path / ".hostname_map").mkdir()
    with pytest.raises(PathError, match="Is a directory"):
        find_hostname_map(os.fsencode(tmp_path), os.environ.get(MAP_VARIABLE))


def test_a_map_is_asked_for_by_its_file(tmp_path):
    with pytest.raises(PathError, match="No such file"):
        read_hostname_map(os.fsencode(tmp_path / "missing"))
