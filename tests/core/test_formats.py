"""The formats of input lists: what a file becomes in each, whatever its name."""

import csv
import io
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.addresses import Addresser
from disco.dfs.gluster.errors import AddressError
from disco.dfs.gluster.formats import FORMATS, CsvFormat, JsonFormat, LinesFormat
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.walk import PlacedFiles

from .samples import CARRIED_BY_LINES, ODD_NAMES, addresses, web_cluster

FIRST, SECOND = Placement(0, (0, 1), (), "attribute"), Placement(1, (2, 3), (), "attribute")
NAME = st.binary(min_size=1).filter(lambda name: b"\0" not in name)


def addresser(**mapping):
    return Addresser(web_cluster(), HostnameMap.from_mapping(mapping))


def placed(*names, directory=b"logs", placement=FIRST, size=7):
    return PlacedFiles(directory, list(names), [placement] * len(names), [size] * len(names))


def written(format, *batches):
    """A whole list."""
    return format.begin + b"".join(format.encode(batch) for batch in batches) + format.end


def rows(text):
    """The rows of a list in CSV, each by the names of its columns."""
    return list(csv.DictReader(io.StringIO(os.fsdecode(text), newline="")))


def test_every_format_is_known_by_its_name():
    assert {name: kind.name for name, kind in FORMATS.items()} == {name: name for name in FORMATS}


@pytest.mark.parametrize("kind", ["json", "lines", "csv"])
def test_the_formats_of_jobs_are_there(kind):
    assert kind in FORMATS


# json


def test_json_is_a_list_of_lists_of_addresses():
    text = written(JsonFormat(addresser(nx01="disco-01")), placed(b"a", b"b"))
    assert json.loads(text) == [
        ["dfs://disco-01/logs/a", "dfs://nx02/logs/a"],
        ["dfs://disco-01/logs/b", "dfs://nx02/logs/b"],
    ]


def test_json_has_a_file_a_line():
    text = written(JsonFormat(addresser()), placed(b"a"), placed(b"b"))
    assert text == b'[\n["dfs://nx01/logs/a", "dfs://nx02/logs/a"],\n["dfs://nx01/logs/b", "dfs://nx02/logs/b"]\n]\n'


def test_json_of_no_files_is_an_empty_list():
    assert json.loads(written(JsonFormat(addresser()))) == []


def test_json_is_valid_where_a_batch_is_empty():
    text = written(JsonFormat(addresser()), placed(), placed(b"a"), placed(), placed(b"b"))
    assert len(json.loads(text)) == 2


@pytest.mark.parametrize("kind", ODD_NAMES)
def test_json_gives_back_the_addresses(kind):
    to = addresser()
    path = b"logs/" + ODD_NAMES[kind]
    assert json.loads(written(JsonFormat(to), placed(ODD_NAMES[kind]))) == [addresses(to, FIRST, path)]


@given(st.lists(NAME))
def test_json_gives_back_the_addresses_of_any_names(names):
    to = addresser()
    expected = [addresses(to, FIRST, b"logs/" + name) for name in names]
    assert json.loads(written(JsonFormat(to), placed(*names))) == expected


@given(NAME)
def test_json_is_ascii(name):
    assert written(JsonFormat(addresser()), placed(name)).isascii()


# lines


def test_lines_is_a_file_a_line_with_tabs_between_addresses():
    text = written(LinesFormat(addresser()), placed(b"a"), placed(b"b", placement=SECOND))
    assert text == b"dfs://nx01/logs/a\tdfs://nx02/logs/a\ndfs://nx03/logs/b\tdfs://nx04/logs/b\n"


def test_lines_of_no_files_is_empty():
    assert written(LinesFormat(addresser()), placed()) == b""


@pytest.mark.parametrize("kind", CARRIED_BY_LINES)
def test_lines_holds_the_very_bytes_of_a_name(kind):
    text = written(LinesFormat(addresser()), placed(ODD_NAMES[kind]))
    assert text.split(b"\t")[0] == b"dfs://nx01/logs/" + ODD_NAMES[kind]


@pytest.mark.parametrize(
    ("name", "words"), [(b"a\tb", "a tab"), (b"a\nb", "a newline"), (b"a\rb", "a carriage return")]
)
def test_lines_refuses_a_name_that_it_cannot_carry_and_says_why(name, words):
    with pytest.raises(AddressError, match=f"holds {words}, which the format 'lines' cannot carry"):
        written(LinesFormat(addresser()), placed(b"good", name))


@pytest.mark.parametrize("name", [b"a\tb", b"a\nb", b"a\rb"])
def test_lines_names_the_file_that_it_refuses(name):
    with pytest.raises(AddressError) as caught:
        written(LinesFormat(addresser()), placed(b"good", name))
    assert caught.value.path.endswith(b"logs/" + name)


def test_lines_refuses_a_directory_that_it_cannot_carry():
    with pytest.raises(AddressError):
        written(LinesFormat(addresser()), placed(b"good", directory=b"a\nb"))


CARRIED = NAME.filter(lambda name: not set(name) & set(b"\t\n\r"))


@given(st.lists(CARRIED))
def test_lines_carries_any_names_without_tabs_and_line_breaks(names):
    text = written(LinesFormat(addresser()), placed(*names))
    expected = [[b"dfs://%s/logs/%s" % (host, name) for host in (b"nx01", b"nx02")] for name in names]
    assert [line.split(b"\t") for line in text.split(b"\n")[:-1]] == expected


@given(st.lists(NAME, min_size=1), st.sampled_from(b"\t\n\r"), st.data())
def test_lines_refuses_any_names_with_one(names, byte, data):
    at = data.draw(st.integers(0, len(names) - 1))
    names[at] += bytes([byte])
    with pytest.raises(AddressError):
        written(LinesFormat(addresser()), placed(*names))


def test_lines_counts_the_files_with_spaces():
    format = LinesFormat(addresser())
    written(format, placed(b"a b", b"c"), placed(b"d e"))
    assert format.with_spaces == 2


# csv


def test_csv_has_a_row_a_replica_with_all_that_is_known():
    text = written(CsvFormat(addresser(nx02="disco-02")), placed(b"a"))
    assert rows(text)[1] == {
        "path": "logs/a",
        "size": "7",
        "replica": "2",
        "volume": "nx02-vol1",
        "host": "nx02",
        "brick": "/data/b1",
        "node": "disco-02",
        "address": "dfs://disco-02/logs/a",
    }


def test_csv_numbers_the_replicas_from_1():
    text = written(CsvFormat(addresser()), placed(b"a", b"b"))
    assert [row["replica"] for row in rows(text)] == ["1", "2", "1", "2"]


def test_csv_leaves_a_size_empty_that_is_not_known():
    assert rows(written(CsvFormat(addresser()), placed(b"a", size=-1)))[0]["size"] == ""


def test_csv_writes_a_size_of_zero():
    assert rows(written(CsvFormat(addresser()), placed(b"a", size=0)))[0]["size"] == "0"


def test_csv_of_no_files_is_its_header():
    assert written(CsvFormat(addresser())).split(b"\n") == [
        b"path,size,replica,volume,host,brick,node,address",
        b"",
    ]


@pytest.mark.parametrize("kind", ODD_NAMES)
def test_csv_gives_back_the_path(kind):
    row = rows(written(CsvFormat(addresser()), placed(ODD_NAMES[kind])))[0]
    assert os.fsencode(row["path"]) == b"logs/" + ODD_NAMES[kind]


@pytest.mark.parametrize("kind", ODD_NAMES)
def test_csv_gives_back_the_address(kind):
    row = rows(written(CsvFormat(addresser()), placed(ODD_NAMES[kind])))[0]
    assert os.fsencode(row["address"]) == b"dfs://nx01/logs/" + ODD_NAMES[kind]


@given(st.lists(NAME))
def test_csv_gives_back_the_paths_of_any_names(names):
    read = rows(written(CsvFormat(addresser()), placed(*names)))
    assert [os.fsencode(row["path"]) for row in read[::2]] == [b"logs/" + name for name in names]


def test_csv_holds_the_raw_bytes_of_a_name():
    assert b"logs/\xff," in written(CsvFormat(addresser()), placed(b"\xff"))


# all


@pytest.mark.parametrize("kind", ODD_NAMES)
@pytest.mark.parametrize("format", [JsonFormat, LinesFormat, CsvFormat])
def test_percent_encoded_every_format_carries_every_name(format, kind):
    text = written(format(addresser(), percent_encode=True), placed(ODD_NAMES[kind]))
    assert text.count(b"dfs://nx01/logs/") == 1


def test_percent_encoding_leaves_the_path_column_of_csv_raw():
    row = rows(written(CsvFormat(addresser(), percent_encode=True), placed(b"a b")))[0]
    assert (row["path"], row["address"]) == ("logs/a b", "dfs://nx01/logs/a%20b")


@pytest.mark.parametrize("format", [JsonFormat, LinesFormat, CsvFormat])
def test_a_file_at_the_mount_point_has_no_slash_before_its_name(format):
    assert b"dfs://nx01/a" in written(format(addresser()), placed(b"a", directory=b""))
