"""What the list tells of a file in one row, and the panel of replicas in full."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from gluster_tui.display import NodeColours
from gluster_tui.session import Session
from gluster_tui.widgets.file_list import FileList
from gluster_tui.widgets.replicas import Replicas

from .driving import alone, in_view, picture_of
from .sources import dataset, no_map_session, session_of
from .test_hostile_names import NAMES, check

HOSTS = ("nx01", "nx02", "nx03", "nx04")


def volumes(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    """The four volumes, by host what is different of them."""
    plain = [
        {"name": f"{host}-vol1", "host": host, "brick": "/data/b1", "group": i // 2} for i, host in enumerate(HOSTS)
    ]
    return [volume | {"online": True} | changes.get(str(volume["host"]), {}) for volume in plain]


@asynccontextmanager
async def list_of_files(session: Session, width: int = 80) -> AsyncIterator[tuple[Pilot[None], FileList]]:
    files = FileList(session, NodeColours(session.nodes), id="alone")
    async with alone(files, size=(width, 60)) as (pilot, _):
        files.picture = picture_of(session)
        await pilot.pause()
        yield pilot, files


async def row(session: Session, width: int = 80) -> str:
    """The first row of the list."""
    async with list_of_files(session, width) as (pilot, files):
        return in_view(pilot, files)[0]


@asynccontextmanager
async def panel_of(session: Session, size: tuple[int, int] = (50, 60)) -> AsyncIterator[tuple[Pilot[None], Replicas]]:
    """The panel of the first file."""
    replicas, picture = Replicas(session, NodeColours(session.nodes), id="alone"), picture_of(session)
    async with alone(replicas, size=size) as (pilot, _):
        replicas.show(picture, picture.row(0))
        await pilot.pause()
        yield pilot, replicas


async def panel(session: Session) -> str:
    """What the panel tells of the first file, in one line."""
    async with panel_of(session) as (pilot, replicas):
        return " ".join(" ".join(in_view(pilot, replicas)).split())


async def test_a_row_has_signs_name_size_and_a_chip_for_each_node() -> None:
    line = await row(session_of(dataset([b"README"])))
    assert " ".join(line.split()) == "! README 6 B ● node-3 ○ nx04"


async def test_a_file_on_mapped_volumes_that_are_all_there_has_no_sign() -> None:
    assert (await row(session_of(dataset([b"README"], hostmap="nx03 a\nnx04 b\n")))).startswith("   README")


async def test_a_file_of_which_a_replica_is_offline_has_a_sign_and_the_panel_says_which() -> None:
    session = session_of(dataset([b"README"], volumes=volumes(nx03={"online": False})))
    assert (await row(session)).startswith("!- README")
    assert "1 nx03-vol1 x offline" in await panel(session)


async def test_a_replica_that_waits_for_healing_is_told() -> None:
    session = session_of(dataset([b"README"], change={"": {"absent": {"0": [2]}}}, volumes=volumes()))
    assert (await row(session)).startswith("!- README")
    assert "1 nx03-vol1 - lacks the file, waits for healing" in await panel(session)


async def test_an_arbiter_is_shown_and_has_no_node_and_no_address() -> None:
    session = session_of(dataset([b"README"], volumes=volumes(nx03={"arbiter": True})))
    words = await panel(session)
    assert "1 nx03-vol1 arbiter, no data host nx03 brick /data/b1 2 nx04-vol1" in words
    assert words.count("address") == 1


async def test_the_panel_tells_of_each_volume_host_brick_node_what_gave_it_and_the_address() -> None:
    words = await panel(session_of(dataset([b"README"], volumes=volumes())))
    assert words.startswith("/README 6 bytes group web-replicate-1, replicate, known by recording 1 nx03-vol1 online")
    facts = "host nx03 brick /data/b1 node ● node-3 by line 3, by brick address dfs://node-3/README"
    assert facts in words


async def test_the_panel_says_that_a_volume_is_unmapped_and_what_stands_in() -> None:
    words = await panel(session_of(dataset([b"README"])))
    assert "node ○ nx04 ! unmapped: no entry names it, so it goes by its host address dfs://nx04/README" in words


async def test_the_panel_flags_two_replicas_on_one_node() -> None:
    words = await panel(session_of(dataset([b"README"], hostmap="nx03 one\nnx04 one\n")))
    assert words.count("! another replica is on one too") == 2


async def test_without_a_map_nothing_is_called_unmapped() -> None:
    session = no_map_session(dataset([b"README"]))
    assert (await row(session)).startswith("   README")
    assert "by its host (no map)" in await panel(session)


async def test_the_panel_warns_that_a_sharded_file_has_the_place_of_its_first_block() -> None:
    words = await panel(session_of(dataset([b"README"], shard_block_size=64_000_000)))
    assert "sharded by 64.0 MB: this is the place of the first block only" in words


async def test_a_file_that_failed_has_a_sign_and_the_panel_says_why() -> None:
    change = {"": {"failed": {"0": [107, "Transport endpoint is not connected"]}, "groups": [-1]}}
    session = session_of(dataset([b"README"], change=change))
    assert (await row(session)).startswith("x  README")
    assert "x Transport endpoint is not connected" in await panel(session)


async def test_a_file_that_failed_does_not_move_the_columns_of_the_others() -> None:
    change = {"": {"failed": {"0": [107, "Transport endpoint is not connected"]}, "groups": [-1, 0]}}
    async with list_of_files(session_of(dataset([b"a", b"b"], change=change))) as (pilot, files):
        failed, other = in_view(pilot, files)[:2]
        assert failed.index("1 B") == other.index("1 B")
        assert failed.endswith("…")


async def test_a_single_byte_is_told_as_one() -> None:
    words = await panel(session_of(dataset([b"README"], change={"": {"sizes": [1]}})))
    assert " 1 byte " in words


async def test_large_sizes_are_told_in_words_and_in_bytes() -> None:
    words = await panel(session_of(dataset([b"README"], change={"": {"sizes": [34_200_000_000]}})))
    assert "34.2 GB (34,200,000,000 bytes)" in words


async def test_a_long_name_is_cut_in_its_middle_and_keeps_its_directory_shorter() -> None:
    name = b"access-log-of-the-first-host-2006-07-01.gz"
    line = await row(session_of(dataset([b"web_logs/" + name])), width=60)
    assert "…" in line
    assert "07-01.gz" in line


@pytest.mark.parametrize("width", [40, 60, 120])
async def test_the_nodes_of_all_files_stand_in_one_column(width: int) -> None:
    async with list_of_files(session_of(dataset(NAMES)), width) as (pilot, files):
        rows = [line for line in in_view(pilot, files) if line]
        assert len(rows) == len(set(NAMES))
        assert len({cell_len(row[: min(row.index(chip) for chip in "●○" if chip in row)]) for row in rows}) == 1
        check(pilot)


@pytest.mark.parametrize("width", range(1, 27))
async def test_where_there_is_little_room_nodes_give_way_to_names(width: int) -> None:
    failed = {"": {"failed": {"0": [107, "Transport endpoint is not connected"]}, "groups": [-1, 0]}}
    async with list_of_files(session_of(dataset([b"a-long-name", b"b-long-name"], change=failed)), width) as (_, files):
        for number in range(2):
            line = "".join(segment.text for segment in files.row_segments(number, width))
            assert cell_len(line) == width
            assert not set("●○T") & set(line)


async def test_a_hostile_name_stands_in_the_panel_whole_and_harmless() -> None:
    session = session_of(dataset(NAMES))
    async with panel_of(session) as (pilot, replicas):
        picture = picture_of(session)
        for number in range(len(picture)):
            replicas.show(picture, picture.row(number))
            await pilot.pause()
            check(pilot)


async def test_a_name_of_255_bytes_can_be_read_whole_in_the_panel() -> None:
    assert (await panel(session_of(dataset([b"n" * 255])))).replace(" ", "").startswith("/" + "n" * 255)
