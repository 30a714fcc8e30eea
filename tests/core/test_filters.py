"""What a filter keeps, and what of a name it marks."""

import contextlib
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.errors import FilterError
from disco.dfs.gluster.filters import Regex, Substring, as_filter, compile_regex

NAMES = [b"2006-07-01", b"2006-07-02", b"2006-08-01", b"other"]
FEW_BYTES = st.lists(st.sampled_from([b"a", b"b", b"/", b"ab"]), max_size=6).map(b"".join)
NAME = st.lists(st.sampled_from([b"a", b"b", b"ab", b"\xff"]), min_size=1, max_size=6).map(b"".join)


def kept(argument, directory=b"/data/web_logs", names=NAMES):
    return [names[i] for i in as_filter(argument).kept(directory, names)]


def test_none_keeps_all():
    assert kept(None) == NAMES


def test_the_empty_string_keeps_all():
    assert kept("") == NAMES


def test_a_string_keeps_the_names_that_hold_it():
    assert kept("2006-07") == [b"2006-07-01", b"2006-07-02"]


def test_a_string_in_the_directory_keeps_all_names():
    assert kept("web_logs") == NAMES


def test_a_string_may_span_directory_and_name():
    assert kept("logs/2006-08") == [b"2006-08-01"]


def test_a_string_may_end_with_the_slash_behind_the_directory():
    assert kept("web_logs/") == NAMES


def test_a_string_may_begin_with_the_slash_before_the_name():
    assert kept("/o") == [b"other"]


def test_a_string_may_span_the_root_and_a_name():
    assert kept("/other", directory=b"/") == [b"other"]


def test_the_mount_point_belongs_to_the_path():
    assert kept("/data/web") == NAMES


def test_a_string_is_no_pattern():
    assert kept(".*") == []


def test_a_string_matches_names_that_are_not_utf_8_by_their_bytes():
    assert kept(os.fsdecode(b"\xff"), names=[b"a\xffb", b"ab"]) == [b"a\xffb"]


def test_a_string_of_text_matches_its_utf_8_bytes():
    assert kept("ö", names=["größe".encode(), b"gr\xf6\xdfe"]) == ["größe".encode()]


def test_an_expression_is_matched_at_the_start_of_the_name():
    assert kept(re.compile("06-07")) == []


def test_an_expression_need_not_match_to_the_end():
    assert kept(re.compile("2006-0[78]")) == NAMES[:3]


def test_an_expression_does_not_see_the_directory():
    assert kept(re.compile("/data")) == []


def test_an_expression_of_text_sees_other_bytes_as_surrogate_escapes():
    assert kept(re.compile("\udcff"), names=[b"\xffa", b"a"]) == [b"\xffa"]


def test_an_expression_of_bytes_sees_the_bytes():
    assert kept(re.compile(rb"[\x80-\xff]"), names=[b"\xffa", b"a"]) == [b"\xffa"]


def test_an_expression_that_is_empty_keeps_all():
    assert kept(re.compile("")) == NAMES


@pytest.mark.parametrize("argument", [b"2006", 5, ["2006"], lambda path: True, ("a",)])
def test_any_other_argument_is_a_type_error(argument):
    with pytest.raises(TypeError, match=type(argument).__name__):
        as_filter(argument)


@pytest.mark.fuzz
@given(needle=FEW_BYTES, directory=FEW_BYTES, names=st.lists(NAME, unique=True).map(sorted))
def test_a_substring_keeps_exactly_the_paths_that_hold_it(needle, directory, names):
    folder = b"/" + directory.strip(b"/")
    expected = [i for i, name in enumerate(names) if needle in folder.rstrip(b"/") + b"/" + name]
    assert Substring(needle).kept(folder, names) == expected


def test_only_the_empty_substring_keeps_all():
    assert [Substring(b"").keeps_all, Substring(b"a").keeps_all] == [True, False]


def test_no_expression_is_taken_to_keep_all():
    assert not Regex(re.compile("")).keeps_all


def spans(filter, name, directory=b"/data/web_logs"):
    if isinstance(filter, Substring):
        return filter.spans(directory, name)
    marks = filter.marks(name)
    return filter.spans(directory, name, marks[0]) if marks else []


def test_spans_mark_every_place_of_a_substring():
    assert spans(Substring(b"0"), b"2006") == [(1, 2), (2, 3)]


def test_spans_do_not_overlap():
    assert spans(Substring(b"aa"), b"aaa") == [(0, 2)]


def test_a_span_that_begins_in_the_directory_marks_the_names_part():
    assert spans(Substring(b"logs/20"), b"2006") == [(0, 2)]


def test_a_match_in_the_directory_alone_marks_nothing():
    assert spans(Substring(b"web_logs/"), b"2006") == []


def test_the_empty_substring_marks_nothing():
    assert spans(Substring(b""), b"2006") == []


def test_spans_of_text_count_bytes():
    assert spans(compile_regex("grö"), "größe".encode()) == [(0, 4)]


def test_spans_of_surrogate_escapes_count_bytes():
    assert spans(compile_regex("\udcff."), b"\xffab") == [(0, 2)]


def test_spans_of_an_expression_of_bytes_count_bytes():
    assert spans(as_filter(re.compile(rb"\xff.")), b"\xffab") == [(0, 2)]


@pytest.mark.parametrize("length", [253, 254, 255])
def test_a_span_may_be_as_long_as_a_name(length):
    assert spans(compile_regex("x*"), b"x" * length) == [(0, length)]


@given(st.lists(NAME, min_size=1, unique=True).map(sorted), st.sampled_from(["", "a", "a*", ".b", "[^a]", "ä"]))
def test_an_expression_marks_the_names_that_it_keeps(names, expression):
    keep = compile_regex(expression)
    marks = keep.marks(b"\0".join(names))
    marked = range(len(names)) if marks is None else [i for i, mark in enumerate(marks) if mark]
    assert list(marked) == keep.kept(b"/", names)


def test_an_expression_that_does_not_match_marks_nothing():
    assert spans(compile_regex("x"), b"abc") == []


@given(needle=FEW_BYTES.filter(bool), directory=FEW_BYTES, name=NAME)
def test_spans_end_where_the_path_holds_the_substring(needle, directory, name):
    prefix = (b"/" + directory.strip(b"/")).rstrip(b"/") + b"/"
    found = Substring(needle).spans(prefix.rstrip(b"/") or b"/", name)
    assert all((prefix + name[:end]).endswith(needle) for _, end in found)


@given(needle=FEW_BYTES.filter(bool), directory=FEW_BYTES, name=NAME)
def test_a_name_has_spans_or_its_directory_matches_or_it_is_not_kept(needle, directory, name):
    folder = b"/" + directory.strip(b"/")
    keep = Substring(needle)
    in_directory = needle in folder.rstrip(b"/") + b"/"
    assert bool(keep.kept(folder, [name])) == bool(keep.spans(folder, name) or in_directory)


@pytest.mark.parametrize(
    ("text", "position"), [("a(b", 1), ("[a", 0), ("ab**", 3), ("(?P<n>a)(?P<n>b)", 12), ("\\", 0), ("a{2,1}", 2)]
)
def test_an_expression_that_does_not_compile_is_an_error_with_its_position(text, position):
    with pytest.raises(FilterError) as caught:
        compile_regex(text)
    assert caught.value.position == position


@pytest.mark.parametrize("text", ["a{99999999999999999999}", "(" * 5000 + ")" * 5000])
def test_an_expression_that_is_too_large_is_an_error(text):
    with pytest.raises(FilterError):
        compile_regex(text)


@pytest.mark.filterwarnings("error")
def test_an_expression_that_python_warns_of_is_one_like_others():
    assert compile_regex("[[a]").kept(b"/", [b"[", b"b"]) == [0]


@pytest.mark.fuzz
@given(st.text())
def test_any_text_is_an_expression_or_an_error(text):
    with contextlib.suppress(FilterError):
        compile_regex(text)
