"""Recordings of datasets that nobody has, as large as is wanted: names of 24 bytes, 200 files a directory.

python -m tests.bench.made_up FILES RECORDING
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import IO

FILES_A_DIRECTORY, DIRECTORIES_A_DIRECTORY = 200, 200
HOSTS = 4

HEADER = {
    "gluster_tui_recording": 1,
    "name": "web",
    "mount_point": "/inputfs",
    "start": "",
    "recorded": "2026-11-22T10:00:00+00:00",
    "shard_block_size": None,
    "down": [],
    "groups": [{"name": f"web-replicate-{i}", "kind": "replicate", "redundancy": 0} for i in range(HOSTS // 2)],
    "volumes": [
        {
            "name": f"nx{i:02}-vol1",
            "host": f"nx{i:02}",
            "brick": "/srv/b1",
            "configured_host": f"nx{i:02}",
            "group": i // 2,
            "arbiter": False,
            "online": True,
        }
        for i in range(HOSTS)
    ],
    "hostname_map": {
        "source": "/inputfs/.hostname_map",
        "text": "".join(f"nx{i:02}-vol1 disco-{i:02}\n" for i in range(HOSTS)),
    },
}


def write_recording(files: int, path: Path) -> None:
    """Writes the recording of a dataset of so many files; the same each time."""
    rng = random.Random(files)
    directories = -(-files // FILES_A_DIRECTORY)
    groups = -(-directories // DIRECTORIES_A_DIRECTORY)
    with path.open("w", encoding="utf-8") as out:
        _write(out, HEADER)
        _write(out, _line("", [f"web-{i:04}" for i in range(groups)], []))
        for group in range(groups):
            inside = range(group * DIRECTORIES_A_DIRECTORY, min((group + 1) * DIRECTORIES_A_DIRECTORY, directories))
            _write(out, _line(f"web-{group:04}", [f"day-{i:06}" for i in inside], []))
            for directory in inside:
                first = directory * FILES_A_DIRECTORY
                numbers = range(first, min(first + FILES_A_DIRECTORY, files))
                names = [f"access-{number:08}-{rng.randrange(16**4):04x}.log" for number in numbers]
                _write(out, _line(f"web-{group:04}/day-{directory:06}", [], names, rng))
        _write(out, {"end": {"directories": directories + groups + 1, "files": files}})


def _line(
    directory: str, directories: list[str], files: list[str], rng: random.Random | None = None
) -> dict[str, object]:
    sizes = [rng.randrange(10_000_000) for _ in files] if rng else []
    groups = [rng.randrange(HOSTS // 2) for _ in files] if rng else []
    return {"directory": directory, "directories": directories, "files": files, "sizes": sizes, "groups": groups}


def _write(out: IO[str], line: dict[str, object]) -> None:
    out.write(json.dumps(line, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    write_recording(int(sys.argv[1]), Path(sys.argv[2]))
