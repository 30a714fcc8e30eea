"""The host-map workbench: what it shows of volumes, why, and what it finds."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from disco.dfs.gluster.picture import SelectionPicture
from gluster_tui.map_analysis import Analyser
from gluster_tui.widgets.text_panel import TextPanel

from .driving import explorer, on_screen, running, until
from .mending import at_workbench, go_to, nodes, rows, with_file, workbench, worked_out
from .sources import MAP, HeldSource, dataset, session_of
from .stalls import StallMeter
from .test_stalls import BUDGET

SIZE = (120, 40)


def panel(of: TextPanel) -> str:
    """All lines of a panel."""
    return "\n".join(of.row_text(row, 200).plain for row in range(of.row_count))


# What it shows


async def test_a_row_a_volume_in_the_order_of_the_client_graph() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        assert [row.split()[-10 if "!" in row else 0] for row in rows(pilot)][:3] == [
            "nx01-vol1",
            "nx02-vol1",
            "nx03-vol1",
        ]


async def test_a_row_says_node_place_and_what_lies_there() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        assert rows(pilot)[1].split() == [
            *("nx02-vol1", "nx02", "/data/b1", "web-replicate-0", "online"),
            *("●", "node-2", "line", "2,", "host", "9", "81", "B"),
        ]


async def test_what_is_counted_before_the_screen_goes_on_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that counts may be done before the workbench is on the screen."""
    count = Analyser.count

    def count_and_wait(analyser: Analyser, picture: SelectionPicture, *, whole: bool) -> None:
        count(analyser, picture, whole=whole)
        while analyser._threads._unfinished:
            threading.Event().wait(0.001)

    monkeypatch.setattr(Analyser, "count", count_and_wait)
    async with at_workbench(session_of(dataset())) as pilot:
        assert rows(pilot)[1].split()[-3:] == ["9", "81", "B"]


async def test_an_unmapped_row_stands_out_by_sign_and_word() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        assert rows(pilot)[3].startswith("! nx04-vol1")
        assert "unmapped" in rows(pilot)[3]


async def test_the_trace_has_every_name_that_was_looked_up() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await go_to(pilot, "nx04-vol1")
        for name in ("nx04-vol1", "nx04:/data/b1", "nx04"):
            assert name in panel(workbench(pilot).why)


async def test_the_trace_says_what_almost_fits_and_what_differs() -> None:
    async with at_workbench(session_of(dataset(hostmap=MAP + "nx04.example.com node-4\n"))) as pilot:
        await go_to(pilot, "nx04-vol1")
        words = " ".join(panel(workbench(pilot).why).split())
        assert "almost nx04.example.com: has the domain '.example.com'" in words


async def test_findings_are_listed_the_worst_first() -> None:
    async with at_workbench(session_of(dataset(hostmap=MAP + "nx09 node-9\n"))) as pilot:
        assert [finding.severity for finding in workbench(pilot).findings.findings] == ["error", "warning"]


async def test_a_finding_leads_to_its_volume() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        workbench(pilot).findings.focus()
        await pilot.press("enter")
        at = workbench(pilot).table.at_cursor
        assert at is not None
        assert at.volume.name == "nx04-vol1"


async def test_keys_on_a_finding_are_about_its_volume() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        workbench(pilot).findings.focus()
        await pilot.press("t")
        await worked_out(pilot)
        assert nodes(pilot)[3] == "node-4"


async def test_a_key_pressed_twice_never_takes_a_line_that_no_finding_is_about(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "bad\nnx01 node-1\nbad2\n")) as pilot:
        workbench(pilot).findings.focus()
        await pilot.pause()
        for _ in range(2):
            pilot.app.simulate_key("x")
        await worked_out(pilot)
        assert b"nx01 node-1" in explorer(pilot).desk.edits.text.text


async def test_counts_follow_a_walk_that_goes_on() -> None:
    source = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs/2006-07", placed=True)
    async with running(session_of(source), SIZE, settle=False) as pilot:
        await until(pilot, lambda: explorer(pilot).latest.progress.files == 9, "all but one directory")
        await pilot.press("m")
        await until(pilot, lambda: "so far" in on_screen(pilot), "the counts are incomplete")
        source.release()
        await worked_out(pilot)
        await until(
            pilot,
            lambda: sum(row.share.files for row in workbench(pilot).analysis.rows if row.share) == 42,
            "the counts are whole",
        )


async def test_rows_are_sorted_by_any_column_and_the_cursor_stays_on_its_volume() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await go_to(pilot, "nx04-vol1")
        table = workbench(pilot).table
        for _ in range(11):
            await pilot.press("s")
            assert table.at_cursor is not None
            assert table.at_cursor.volume.name == "nx04-vol1"
        assert table.sorted_by is not None or table.heads().plain


async def test_sorted_by_what_lies_there_the_most_comes_first() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        table = workbench(pilot).table
        while table.sorted_words != "files":
            await pilot.press("s")
        assert [row.share.files for row in table.rows if row.share] == [12, 12, 9, 9]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_it_fits_the_screen(size: tuple[int, int]) -> None:
    async with at_workbench(session_of(dataset()), size) as pilot:
        for word in ("volume", "node", "files", "nx04-vol1", "unmapped", "Findings", "Why", "save"):
            assert word in on_screen(pilot)


# Jumps


async def test_f_goes_to_the_files_of_a_volume_one_after_the_other() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        seen = set()
        for _ in range(3):
            await go_to(pilot, "nx03-vol1")
            await pilot.press("f")
            await until(pilot, lambda: pilot.app.screen is explorer(pilot), "back among the files")
            seen.add(explorer(pilot).files.cursor)
            assert "nx03-vol1" in panel(explorer(pilot).replicas)
            await pilot.press("m")
            await worked_out(pilot)
    assert len(seen) == 3


async def test_m_in_the_replicas_goes_to_the_row_of_the_volume() -> None:
    async with running(session_of(dataset()), SIZE) as pilot:
        replicas = explorer(pilot).replicas
        replicas.focus()
        replicas.cursor = next(i for i in range(replicas.row_count) if replicas._lines[i].about not in (None, 0, 2))
        about = replicas.volume
        await pilot.press("m")
        await worked_out(pilot)
        at = workbench(pilot).table.at_cursor
        assert at is not None
        assert at.volume.index == about


# Large


async def test_200_volumes_and_1000_entries_do_not_block_the_screen() -> None:
    hosts = [f"nx{i:03}" for i in range(200)]
    volumes = [
        {"name": f"{host}-vol1", "host": host, "brick": "/data/b1", "configured_host": host, "group": i // 2}
        for i, host in enumerate(hosts)
    ]
    groups = [{"name": f"web-replicate-{i}", "kind": "replicate", "redundancy": 0} for i in range(100)]
    entries = "".join(f"nx{i:03} node-{i:03}\n" for i in range(0, 1000, 1) if i % 5)
    session = session_of(dataset(hostmap=entries, volumes=volumes, groups=groups))
    with StallMeter() as meter:
        async with at_workbench(session) as pilot:
            await pilot.press("end", "t")
            await worked_out(pilot)
            assert workbench(pilot).table.row_count == 200
    assert meter.most < BUDGET
