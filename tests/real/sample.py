"""A small tree to look at: what a cluster's web logs are like, by host and day, and other data beside them."""

import datetime
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from .specs import VolumeSpec

FIRST_DAY = datetime.date(2006, 7, 1)
LINE = b'10.1.%d.%d - - [%s] "GET /item/%d HTTP/1.1" 200 %d\n'
LONGEST = 120  # lines
OTHERS = (
    "README",
    "models/terms.idx",
    "models/old/terms.idx",
    "reports/2006 summary.txt",
    "reports/größe.txt",
)


def write_sample(root: Path, files: int) -> None:
    """`files` files: a few others as far as they go, the rest web logs, a folder a month."""
    others = OTHERS[: max(files // 20, 0)]
    for name in others:
        write(root / name, b"sample\n" * len(name))
    for number, name in enumerate(log_names(files - len(others))):
        write(root / name, log_text(number))


def log_names(count: int) -> Iterator[str]:
    """web_logs/2006-07/2006-07-01.log, ...: a folder a month, a file a day."""
    for number in range(count):
        day = FIRST_DAY + datetime.timedelta(days=number)
        yield f"web_logs/{day:%Y-%m}/{day:%Y-%m-%d}.log"


def log_text(number: int) -> bytes:
    """A day's log: always the same for the same day, of a length of its own; some days are empty."""
    lines = round(LONGEST * abs(math.sin(number * 0.7))) if number % 17 else 0
    day = (FIRST_DAY + datetime.timedelta(days=number)).isoformat().encode()
    return b"".join(LINE % (number % 200, i % 250, day, i * 37 % 1000, i * 513 % 9000) for i in range(lines))


def write(path: Path, content: bytes) -> None:
    """A file, with the folders above it."""
    os.makedirs(path.parent, exist_ok=True)
    path.write_bytes(content)


def host_map(spec: VolumeSpec) -> str:
    """A host map of all hosts but the last one, so that there is something to mend."""
    hosts = unique([brick.host for brick in spec.bricks])
    lines = ["# volume or host    node", *(f"{host} disco-{i:02}" for i, host in enumerate(hosts[:-1], 1))]
    return "\n".join(lines) + "\n"


def unique(names: Sequence[str]) -> list[str]:
    """Each name once, in the order in which they come first."""
    return list(dict.fromkeys(names))
