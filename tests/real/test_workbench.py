"""The host-map workbench on a real mount, whose map lies on the volume itself."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button

from disco.dfs.gluster import files

from ..tui.driving import explorer, on_screen, until
from ..tui.mending import save, take, to_saving, to_workbench, workbench, worked_out
from .conftest import MakeVolume
from .exploring import exploring
from .test_check_command import COUNT, fill, spec_of
from .volume import RealVolume

MAP = "# by hosts\nred.example.com   disco-01  # rack 1\nblue disco-02\namber disco-03\ngreen disco-04\n"


@pytest.fixture
def volume(make_volume: MakeVolume) -> Iterator[RealVolume]:
    """Two groups with an arbiter each; hosts unlike the volumes' names; nx05-vol1 on the host white is unmapped."""
    made = make_volume(spec_of())
    fill(made)
    (made.mountpoint / ".hostname_map").write_text(MAP)
    return made


def map_file(volume: RealVolume) -> Path:
    return volume.mountpoint / ".hostname_map"


def facts(pilot: Pilot[None]) -> dict[str, tuple[str, str]]:
    """Node and state of each volume."""
    rows = workbench(pilot).table.rows
    return {row.volume.name: (row.trace.assignment.node, row.state) for row in rows}


def change_by_another_editor(volume: RealVolume) -> None:
    subprocess.run(["sed", "-i", "s/disco-02/disco-22/", map_file(volume)], check=True)


async def test_every_volume_has_its_host_its_state_and_its_node(volume: RealVolume) -> None:
    async with exploring(volume.mountpoint / "data") as pilot:
        await to_workbench(pilot)
        found = facts(pilot)
        assert found["nx01-vol1"] == ("disco-01", "online")
        assert found["nx03-vol1"] == ("disco-03", "arbiter")
        assert found["nx05-vol1"] == ("white", "online")


async def test_files_of_each_volume_are_those_on_its_brick(volume: RealVolume) -> None:
    async with exploring(volume.mountpoint / "data") as pilot:
        await to_workbench(pilot)
        names = [f"data/file-{number}" for number in range(COUNT)]
        for number, row in enumerate(workbench(pilot).analysis.rows):  # type: ignore[union-attr]
            if not row.volume.arbiter:
                assert row.share is not None
                assert row.share.files == sum(number in volume.holders(name) for name in names)


async def test_an_offline_brick_is_offline_in_its_row(volume: RealVolume) -> None:
    volume.stop_brick(1)
    async with exploring(volume.mountpoint / "data") as pilot:
        await to_workbench(pilot)
        await until(pilot, lambda: facts(pilot)["nx02-vol1"][1] == "offline", "the brick is known to be offline")


async def test_what_is_mended_and_saved_is_what_files_uses(volume: RealVolume) -> None:
    async with exploring(volume.mountpoint / "data") as pilot:
        await to_workbench(pilot)
        await take(pilot, "nx05-vol1")
        taken = facts(pilot)["nx05-vol1"][0]
        await save(pilot)
        await until(pilot, lambda: not explorer(pilot).desk.dirty, "it is saved")
    assert map_file(volume).read_text().startswith(MAP)
    nodes = {address.split("/")[2] for addresses in files(volume.mountpoint / "data") for address in addresses}
    assert nodes == {"disco-01", "disco-02", "disco-04", taken}


async def test_two_editors_lose_nothing(volume: RealVolume) -> None:
    async with exploring(volume.mountpoint / "data") as pilot:
        await to_workbench(pilot)
        await take(pilot, "nx05-vol1")
        change_by_another_editor(volume)
        await to_saving(pilot)
        await until(pilot, lambda: "changed by someone else" in on_screen(pilot), "the conflict is told")
        pilot.app.screen.query_one("#merge", Button).press()
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: not explorer(pilot).desk.dirty, "it is saved")
    text = map_file(volume).read_text()
    assert text.startswith(MAP.replace("disco-02", "disco-22"))
    assert len(text) > len(MAP)


async def test_a_map_that_another_program_changes_is_told(volume: RealVolume) -> None:
    async with exploring(volume.mountpoint / "data") as pilot:
        await to_workbench(pilot)
        with map_file(volume).open("a") as file:
            file.write("white disco-05\n")
        await until(pilot, lambda: "has changed on disk" in on_screen(pilot), "the change is told")
        await pilot.press("l")
        await worked_out(pilot)
        assert facts(pilot)["nx05-vol1"] == ("disco-05", "online")
