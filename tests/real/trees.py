"""Trees of files that are hard to read right, and the addresses that their files must have, by getfattr's word.

Nothing here uses the code under test. A value of getfattr is not taken apart, which names that imitate entries would
lead astray, but put together: there is one group of whose bricks the very value can be made.
"""

import os
import socket
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations, product

from .volume import RealVolume

NAMES = {
    "a space": b"a name",
    "spaces at its ends": b" name ",
    "a greater-than sign": b"a>b",
    "colons": b"a:b::c",
    "brackets": b"(a)[b]{c}<d>",
    "a newline": b"a\nb",
    "a tab": b"a\tb",
    "a carriage return": b"a\rb",
    "letters beyond ASCII": "größe".encode(),
    "bytes that are not UTF-8": b"a\xff\xfe\x80b",
    "the end of an entry": b"a>) <",
    "an entry of no brick": b"a> <POSIX(b):nx09:b",
    "a whole value": b"(<REPLICATE:web-replicate-0> <POSIX(b):nx01:ba>)",
    "terminal escapes": b"\x1b[2J\x1b]0;title\x07\x9b31m",
    "a turn of the writing's direction": "a\u202eb".encode(),
    "markup": b"[red]a",
    "markup that acts": b"[@click=app.bell]x",
    "an unclosed tag": b"a[bold",
    "quotes and commas": b"a\"b',\\c",
    "what a URL escapes": b"a%41?b#c&d",
    "a leading dash": b"-n",
    "a leading dot": b".hidden",
    "255 bytes": b"n" * 255,
    "255 bytes that are not ASCII": "€".encode() * 85,
}


@dataclass
class Tree:
    """A folder of a volume; `root` and the paths of `labels` are absolute. `others`: entries that are no files."""

    volume: RealVolume
    root: bytes
    labels: dict[str, bytes] = field(default_factory=dict)
    others: int = 0

    def path(self, *parts: bytes) -> bytes:
        """A path below the root."""
        return os.path.join(self.root, *parts)

    def file(self, *parts: bytes) -> bytes:
        """Make a file, and the folders above it."""
        path = self.path(*parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as made:
            made.write(b"x" * (len(parts[-1]) % 7))
        return path

    def below_mount(self, path: bytes) -> bytes:
        """A path below the mount point, as addresses have it."""
        return os.path.relpath(path, os.fsencode(self.volume.mountpoint))


def hostile_tree(volume: RealVolume, root: bytes) -> Tree:
    """Every hard name as a file and as a directory; links of all kinds; things that are no files."""
    tree = Tree(volume, root)
    for label, name in NAMES.items():
        tree.labels[f"a file with {label}"] = tree.file(b"files", name)
        tree.labels[f"a file in a directory with {label}"] = tree.file(b"directories", name, b"file")
    for number in range(len(volume.spec.bricks)):
        label = f"a path that imitates an entry of brick {number}"
        tree.labels[label] = tree.file(b"files", *imitation(tree, b"files/x", number))
    add_hard_links(tree)
    add_symbolic_links(tree)
    add_no_files(tree)
    return tree


def imitation(tree: Tree, path: bytes, number: int) -> list[bytes]:
    """A path that goes on, where `path` could end, with an entry of a brick for that same `path`."""
    brick = os.fsencode(tree.volume.brick_directories[number])
    host = tree.volume.spec.bricks[number].host.encode()
    name = os.path.basename(path)
    text = name + b"> <POSIX(%s):%s:%s/%s" % (brick, host, brick, tree.below_mount(tree.path(path)))
    return text.split(b"/")


def add_hard_links(tree: Tree) -> None:
    """Files of several names: in one directory, in another one, and one that is hard to read right."""
    links = {
        "a file of two names": (b"here", b"there"),
        "a file with a name in another directory": (b"one/name", b"two/other"),
        "a file with a tame and a hostile name": (b"tame", b"wild> <POSIX(b):nx09:b"),
    }
    for label, (first, second) in links.items():
        tree.labels[label] = tree.file(b"hard", *first.split(b"/"))
        tree.labels[f"{label}, by the second"] = second_path = tree.path(b"hard", second)
        os.makedirs(os.path.dirname(second_path), exist_ok=True)
        os.link(tree.labels[label], second_path)


def add_symbolic_links(tree: Tree) -> None:
    """Links to files, which count as files, and to directories, which are not entered."""
    target = tree.file(b"links", b"target")
    far = tree.file(b"far", b"away", b"target 2")
    links = {
        "a relative link": (b"relative", b"target"),
        "an absolute link": (b"absolute", target),
        "a link into another directory": (b"elsewhere", os.path.relpath(far, tree.path(b"links"))),
        "a link to a link": (b"twice", b"elsewhere"),
        "a link with a hostile name": (b"l> <POSIX(b):nx09:b", far),
        "a link through a linked directory": (b"through", b"directory/target 2"),
    }
    for label, (name, leads_to) in links.items():
        tree.labels[label] = tree.path(b"links", name)
        os.symlink(leads_to, tree.labels[label])
    for name, leads_to in (
        (b"directory", b"../far/away"),
        (b"up", b".."),
        (b"dangling", b"nowhere"),
        (b"loop", b"loop"),
    ):
        os.symlink(leads_to, tree.path(b"links", name))
        tree.others += 1


def add_no_files(tree: Tree) -> None:
    """A pipe and a socket."""
    os.makedirs(tree.path(b"special"))
    os.mkfifo(tree.path(b"special", b"pipe"))
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(tree.path(b"special", b"socket"))
    tree.others += 2


def files_below(root: bytes) -> list[bytes]:
    """The files of a tree and the links to such, by path. Linked directories are not entered."""
    found = [os.path.join(directory, name) for directory, _, names in os.walk(root) for name in names]
    return sorted(path for path in found if is_file(path))


def is_file(path: bytes) -> bool:
    """Whether a path leads to a regular file."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


def judged(volume: RealVolume, root: bytes) -> list[list[str]]:
    """What `files(root, None, {})` has to return."""
    paths = files_below(root)
    names: dict[int, list[bytes]] = {}
    for path in paths:
        if not os.path.islink(path):
            names.setdefault(os.stat(path).st_ino, []).append(path)
    below = os.fsencode(volume.mountpoint) + b"/"
    return [
        [
            f"dfs://{volume.spec.bricks[number].host}/{os.fsdecode(path.removeprefix(below))}"
            for number in listed(volume, path, names.get(os.stat(path).st_ino, [os.path.realpath(path)]))
        ]
        for path in paths
    ]


def listed(volume: RealVolume, path: bytes, names: Sequence[bytes]) -> tuple[int, ...]:
    """The numbers of the bricks that getfattr lists for a file, which has these `names`.

    Bricks may answer in any order, and each with another name of the file.
    """
    value = volume.pathinfo(path)
    below = [name.removeprefix(os.fsencode(volume.mountpoint)) for name in names]
    for number, bricks in enumerate(groups_of(volume)):
        if value in possible_values(volume, number, bricks, below):
            return bricks
    raise AssertionError(f"no group's bricks make {value!r}")


def groups_of(volume: RealVolume) -> list[tuple[int, ...]]:
    """The numbers of the bricks, group by group."""
    groups, first = [], 0
    for group in volume.spec.groups:
        groups.append(tuple(range(first, first + len(group.bricks))))
        first += len(group.bricks)
    return groups


def possible_values(volume: RealVolume, group: int, bricks: tuple[int, ...], names: list[bytes]) -> Iterator[bytes]:
    """Every value of a file of a replicate group."""
    head = b"(<DISTRIBUTE:%s-dht> (<REPLICATE:%s-replicate-%d> " % (*[volume.spec.name.encode()] * 2, group)
    for order in permutations(bricks):
        for chosen in product(names, repeat=len(order)):
            entries = (entry(volume, number, name) for number, name in zip(order, chosen, strict=True))
            yield head + b" ".join(entries) + b"))\0"


def entry(volume: RealVolume, number: int, name: bytes) -> bytes:
    """What one brick says of a file."""
    brick, host = os.fsencode(volume.brick_directories[number]), volume.spec.bricks[number].host.encode()
    return b"<POSIX(%s):%s:%s%s>" % (brick, host, brick, name)
