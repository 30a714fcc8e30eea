"""A real GlusterFS volume on this machine, without glusterd.

    with RealVolume(replicated(2, 2)) as volume:
        (volume.mountpoint / "file").write_text("x")
        volume.holders("file")                         # (2, 3): the numbers of the bricks that have it

Everything of a volume lies in one directory, and goes with it:

    b1/ b2/ ...    the bricks              mnt/ mnt-1/ ...    mount points
    *.vol          the volfiles            state.json         for whoever takes it down (see `teardown`)
    log/ run/      logs and pid files

On the command line: `python -m tests.real.volume up DIR`, and `down DIR`.
"""

import dataclasses
import errno
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from . import judges
from .bricks import BrickServers
from .daemons import Daemon
from .guardian import Guardian
from .judges import AnyPath
from .meta import ACTIVE, BrickState, Meta
from .prerequisites import missing
from .specs import GroupSpec, VolumeSpec
from .state import VolumeError, prepare
from .teardown import tear_down
from .volfile_server import VolfileServer
from .volfiles import client_volfile
from .waiting import WaitError, wait_until

# A client looks for a lost brick every three seconds.
READY_SECONDS = 20.0


class RealVolume:
    """A mounted volume. Started unguarded it stays up when this process ends, until somebody takes it down."""

    directory: Path
    mountpoint: Path

    def __init__(
        self,
        spec: VolumeSpec,
        directory: Path | None = None,
        *,
        mountpoint: Path | None = None,
        guarded: bool = True,
    ) -> None:
        """Only remembers; `start` makes. A directory given must be new or empty, a mount point free."""
        self.spec = spec
        self._wanted = (directory, mountpoint)
        self._guarded = guarded
        self._guardian: Guardian | None = None
        self._server: VolfileServer | None = None
        self._clients: list[Daemon] = []  # the first is the volume's own
        self._meta: Meta | None = None
        self._up = False

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Up and down

    def start(self) -> Self:
        """Make it, and wait until files can be made on it; if something goes wrong nothing is left over."""
        if lacks := missing():
            raise VolumeError(f"a real volume needs {'; '.join(lacks)}")
        self.directory, self.mountpoint = prepare(self.spec.name, *self._wanted)
        self._up = True
        try:
            if self._guarded:
                self._guardian = Guardian(self.directory)
            self._bricks = BrickServers(self.directory)
            self._bricks.serve(self.spec)
            self._server = VolfileServer(self._write_graph())
            self._start_client(self.mountpoint)
            self._wait(self._open_meta, "the mount answers")
            self._wait_for_bricks("connected")
            self._wait(self._is_writable, "a file can be made")
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Take it down. Doing it again does no harm."""
        if not self._up:
            return
        if self._server:
            self._server.close()
            self._server = None
        if self._meta:
            self._meta.close()
            self._meta = None
        tear_down(self.directory)
        if self._guardian:
            self._guardian.dismiss()
        self._up = False

    # Bricks, by number

    @property
    def brick_directories(self) -> list[str]:
        """Where the bricks lie."""
        return [brick.directory for brick in self._bricks.served]

    @property
    def brick_paths(self) -> list[str]:
        """The paths that pathinfo shows: where they lie, unless `one_path` gives them all the same."""
        return [brick.path for brick in self._bricks.served]

    def stop_brick(self, number: int) -> None:
        """SIGKILL the process of one brick, and wait until the client has seen it."""
        self._bricks.stop(number)
        self._wait_for_bricks("lost", number)

    def start_brick(self, number: int) -> None:
        """Start it again, and wait until the client has found it."""
        self._bricks.start(number)
        self._wait_for_bricks("connected", number)

    def hang_brick(self, number: int) -> None:
        """SIGSTOP the process that serves a brick, with whatever other bricks it serves."""
        self._bricks.daemons[number].hang()

    def resume_brick(self, number: int) -> None:
        """SIGCONT it."""
        self._bricks.daemons[number].resume()

    def brick_state(self, number: int) -> BrickState:
        """What the client says of a brick: "connected", "lost", or for a moment "unknown"."""
        return self.meta.brick_state(self.spec.bricks[number].volume)

    def add_group(self, group: GroupSpec) -> None:
        """Add bricks, as `gluster volume add-brick` does: they take files in directories made from then on."""
        before = self.graph
        self.spec = dataclasses.replace(self.spec, groups=(*self.spec.groups, group))
        self._bricks.serve(self.spec)
        self._write_graph()
        for client in self._clients:
            client.reload()
        self._wait(lambda: self.graph != before, "a new graph")
        self._wait_for_bricks("connected")

    # The client

    @property
    def meta(self) -> Meta:
        """What the client says of itself; it answers also while a brick hangs, or all are lost."""
        if self._meta is None:
            raise VolumeError("the volume is not mounted")
        return self._meta

    @property
    def graph(self) -> str:
        """The name of the client's present graph, which changes whenever the graph does."""
        return self.meta.graph()

    @property
    def client_pid(self) -> int:
        """The mounting process."""
        return self._clients[0].pid

    def kill_client(self) -> None:
        """SIGKILL the mounting process: what is left is a dead mount."""
        self._clients[0].kill()
        self._wait(self._is_dead, "the mount is dead")

    def bind_mount(self, subdirectory: AnyPath) -> Path:
        """Show a directory of the mount at a new mount point of its own; return that."""
        point = self._new_mountpoint()
        source = os.path.join(os.fsencode(self.mountpoint), os.fsencode(subdirectory))
        subprocess.run(["mount", "--bind", "--", source, point], check=True, stderr=subprocess.PIPE)
        return point

    def subdir_mount(self, subdirectory: str) -> Path:
        """Mount a directory of the volume by itself, as `mount -t glusterfs HOST:/NAME/SUBDIRECTORY` does."""
        point = self._new_mountpoint()
        self._start_client(point, f"--subdir-mount=/{subdirectory.strip('/')}")
        self._wait((point / ".meta" / ACTIVE).is_symlink, f"{point} is mounted")
        return point

    # Judges

    def pathinfo(self, path: AnyPath) -> bytes:
        """What getfattr says of a file, given below the mount point or as an absolute path."""
        return judges.pathinfo(os.path.join(os.fsencode(self.mountpoint), os.fsencode(path)))

    def holders(self, path: AnyPath) -> tuple[int, ...]:
        """The bricks that have a file, seen in their own directories; its path is below the mount point."""
        return judges.holders(os.fsencode(path), self.brick_directories)

    # How

    def _write_graph(self) -> Path:
        volfile = self.directory / "client.vol"
        volfile.write_text(client_volfile(self.spec, self._bricks.served))
        return volfile

    def _start_client(self, point: Path, *options: str) -> None:
        assert self._server
        client = Daemon(self.directory, f"client-{len(self._clients) + 1}")
        self._clients.append(client)
        where = ["-s", "127.0.0.1", f"--volfile-server-port={self._server.port}"]
        client.start(
            ["glusterfs", *where, f"--volfile-id={self.spec.name}", "--process-name=fuse", *options, str(point)]
        )

    def _new_mountpoint(self) -> Path:
        numbers = (number for number in range(1, 1000) if not (self.directory / f"mnt-{number}").exists())
        point = self.directory / f"mnt-{next(numbers)}"
        point.mkdir()
        return point

    def _wait(self, condition: Callable[[], object], what: str) -> None:
        """Wait for the client; if it is in vain say what its log says."""
        try:
            wait_until(condition, READY_SECONDS, what)
        except WaitError as error:
            raise VolumeError(f"{error}\n{self._clients[0].log_end()}") from error

    def _open_meta(self) -> bool:
        try:
            self._meta = Meta(self.mountpoint)
        except OSError:
            return False
        return True

    def _wait_for_bricks(self, state: BrickState, *numbers: int) -> None:
        """Wait until the client says so of these bricks, or of all, and acts upon it."""
        bricks = numbers or range(len(self.spec.bricks))
        self._wait(
            lambda: all(self.brick_state(n) == state for n in bricks) and self.meta.is_settled(self.spec),
            f"bricks {state}: {', '.join(map(str, bricks))}",
        )

    def _is_writable(self) -> bool:
        probe = self.mountpoint / f".probe-{uuid.uuid4()}"
        try:
            os.statvfs(self.mountpoint)
            probe.touch()
            probe.unlink()
        except OSError:
            return False
        return True

    def _is_dead(self) -> bool:
        try:
            os.statvfs(self.mountpoint)
        except OSError as error:
            return error.errno == errno.ENOTCONN
        return False


if __name__ == "__main__":
    from .cli import main

    sys.exit(main())
