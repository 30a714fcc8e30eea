"""Makes the recording that `gluster-tui demo` opens: of a real volume, with a dataset as users have them.

    python -m tests.real.make_demo

Needs what the tests on real volumes need, and that /srv/gluster and /inputfs are free: their names are in the
recording.
"""

from __future__ import annotations

import datetime
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .specs import replicated
from .volume import RealVolume

TARGET = Path(__file__).parents[2] / "gluster_tui" / "demo" / "recording.jsonl"
BRICKS, MOUNT = Path("/srv/gluster"), Path("/inputfs")
OFFLINE = 4  # nx05-vol1
INSIDE = "--inside"

HOST_MAP = """\
# volume, host:/brick or host     Disco node
nx01-vol1                         disco-01
nx02-vol1                         disco-02
nx03                              disco-03
# nx04 came in June and is not in the Disco cluster yet
nx05-vol1                         disco-05
nx06:/srv/gluster/b6              disco-06
"""

MB = 10**6


def dataset(chance: random.Random) -> Iterator[tuple[str, int]]:
    """(path, bytes) of every file."""
    yield from web_logs(chance)
    for chromosome in [*range(1, 23), "X", "Y"]:
        yield f"genomes/hg18/chr{chromosome}.fa.gz", chance.randint(11, 75) * MB
    for sample in range(1, 61):
        for end in (1, 2):
            yield f"genomes/reads/NA{18500 + sample * 7}_{end}.fastq.gz", chance.randint(600, 4200) * MB
    for part in range(1, 241):
        yield f"wikipedia/enwiki-20060702/pages-articles.{part:03}.xml.bz2", chance.randint(3, 9) * MB
    for word in ("title", "redirect", "pagelinks", "categorylinks"):
        yield f"wikipedia/enwiki-20060702/{word}.sql.gz", chance.randint(4, 300) * MB
    for number in range(900):
        yield f"images/{number % 30:02}/img_{number:05}.jpg", chance.randint(20_000, 900_000)
    yield "models/README", 812
    yield "models/terms 2006.idx", 48 * MB
    yield "models/größe_und_rang.idx", 31 * MB
    yield "models/empty.lock", 0


def web_logs(chance: random.Random) -> Iterator[tuple[str, int]]:
    """A folder a day, a file an hour, with fewer visitors at night and on Sundays."""
    day = datetime.date(2006, 5, 1)
    while day < datetime.date(2006, 8, 1):
        for hour in range(24):
            visitors = (0.25 if hour < 7 else 1.0) * (0.5 if day.weekday() == 6 else 1.0)
            size = int(chance.lognormvariate(0, 0.3) * visitors * 42 * MB)
            yield f"web_logs/{day:%Y-%m}/{day:%Y-%m-%d}/access-{day:%Y-%m-%d}_{hour:02}.log.gz", size
        day += datetime.timedelta(days=1)


def fill(mountpoint: Path) -> None:
    """Makes the files, as large as told and empty inside."""
    for path, size in dataset(random.Random(2006)):
        file = mountpoint / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as opened:
            opened.truncate(size)
    (mountpoint / ".hostname_map").write_text(HOST_MAP)


def name_hosts(hosts: list[str]) -> None:
    """Lets the bricks' hosts lead to this machine, in a mount namespace of this process alone."""
    with tempfile.NamedTemporaryFile("w", suffix=".hosts", delete=False) as file:
        file.write(Path("/etc/hosts").read_text())
        file.writelines(f"127.0.0.1 {host}\n" for host in hosts)
    subprocess.run(["mount", "--bind", file.name, "/etc/hosts"], check=True)
    os.unlink(file.name)


def main() -> int:
    """Makes the volume, fills it, loses a brick, records."""
    if INSIDE not in sys.argv:
        return subprocess.run(
            ["unshare", "--mount", sys.executable, "-m", __spec__.name, INSIDE], check=False
        ).returncode
    spec = replicated(3, 2, one_process=False)
    groups = tuple(
        replace(group, bricks=tuple(replace(b, remote_host=f"{b.host}.cluster") for b in group.bricks))
        for group in spec.groups
    )
    name_hosts([brick.remote_host for group in groups for brick in group.bricks])
    with RealVolume(replace(spec, groups=groups), BRICKS, mountpoint=MOUNT) as volume:
        fill(volume.mountpoint)
        volume.stop_brick(OFFLINE)
        command = [sys.executable, "-m", "gluster_tui", "record", str(volume.mountpoint), "-o", str(TARGET)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
