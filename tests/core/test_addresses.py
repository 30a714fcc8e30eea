"""Addresses: dfs://NODE/path, a replica each."""

import os
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.addresses import Addresser, encoded
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.placement import Placement

from .samples import ODD_NAMES, addresses, web_cluster

ON_FIRST = Placement(0, (0, 1), (), "attribute")
NAMES = st.binary(min_size=1).filter(lambda name: b"\0" not in name)


def addresser(**mapping):
    return Addresser(web_cluster(), HostnameMap.from_mapping(mapping))


def test_a_file_has_an_address_a_replica_in_the_order_of_the_graph():
    assert addresses(addresser(), ON_FIRST, b"logs/a") == ["dfs://nx01/logs/a", "dfs://nx02/logs/a"]


def test_an_address_names_the_node_of_the_volume():
    assert addresses(addresser(nx01="disco-01"), ON_FIRST, b"a") == ["dfs://disco-01/a", "dfs://nx02/a"]


def test_a_volume_that_is_not_usable_has_no_address():
    assert addresses(addresser(), Placement(0, (1,), (0,), "attribute"), b"a") == ["dfs://nx02/a"]


def test_two_replicas_on_one_node_have_an_address_each():
    assert addresses(addresser(nx01="n", nx02="n"), ON_FIRST, b"a") == ["dfs://n/a", "dfs://n/a"]


def test_nodes_come_a_replica_each():
    assert addresser(nx02="disco-02").nodes(ON_FIRST) == ("nx01", "disco-02")


def test_unmapped_volumes_are_told():
    assert addresser(nx02="disco-02").unmapped(ON_FIRST) == (0,)


def test_without_a_map_in_use_none_is_unmapped():
    assert addresser().unmapped(ON_FIRST) == ()


@pytest.mark.parametrize("kind", ODD_NAMES)
def test_an_address_holds_the_very_bytes_of_the_path(kind):
    address = addresses(addresser(), ON_FIRST, b"logs/" + ODD_NAMES[kind])[0]
    assert os.fsencode(address) == b"dfs://nx01/logs/" + ODD_NAMES[kind]


@given(st.lists(NAMES.filter(lambda name: b"/" not in name), min_size=1))
def test_files_of_one_directory_keep_their_names_apart(names):
    given = addresser().addresses(b"logs", names, [ON_FIRST] * len(names))
    assert [os.fsencode(replicas[0]) for replicas in given] == [b"dfs://nx01/logs/" + name for name in names]


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (b"logs/a-b_c.d~e", b"logs/a-b_c.d~e"),
        (b"!$&'()*+,;=:@", b"!$&'()*+,;=:@"),
        (b"a b", b"a%20b"),
        (b"100%", b"100%25"),
        (b"a#b?c", b"a%23b%3Fc"),
        (b"a\tb\nc\rd", b"a%09b%0Ac%0Dd"),
        (b"\xff", b"%FF"),
        ("ö".encode(), b"%C3%B6"),
        (b'<>"\\^`{|}[]', b"%3C%3E%22%5C%5E%60%7B%7C%7D%5B%5D"),
    ],
)
def test_percent_encoding_is_that_of_rfc_3986(path, written):
    assert encoded(path) == written


@given(NAMES)
def test_an_encoded_path_is_decoded_to_the_same_bytes(path):
    assert unquote_to_bytes(encoded(path)) == path


@given(NAMES)
def test_an_encoded_path_is_of_plain_characters(path):
    assert encoded(path).decode("ascii").isprintable()


def test_a_node_that_is_not_utf_8_keeps_its_bytes():
    name = os.fsdecode(b"n\xff")
    assert addresser(nx01=name).prefixes(ON_FIRST)[0] == b"dfs://n\xff/"
