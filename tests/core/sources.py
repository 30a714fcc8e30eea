"""Sources that answer as another one does, but late, not at all, or with what is gone; and walks over them."""

import os
from concurrent.futures import Future

from disco.dfs.gluster.filters import Substring
from disco.dfs.gluster.inputfs import Start
from disco.dfs.gluster.units import PENDING, UNSIZED, FileSizes, GroupAnswer
from disco.dfs.gluster.walk import Report, walk
from disco.dfs.gluster.workers import completed

ROOT = Start(b"")
ALL = Substring(b"")


class Around:
    """A source that answers as another one does; what a test needs otherwise, it overrides."""

    def __init__(self, source):
        self.source = source
        self.mount_point, self.cluster, self.placement = source.mount_point, source.cluster, source.placement
        self.disproved = None
        self.lost = 0
        self.cluster.hosts_known = False

    def list_directory(self, directory, *, sizes, ask=False):
        return self.source.list_directory(directory, sizes=sizes, ask=ask)

    def doubtful(self):
        return self.source.doubtful()

    def resolve_files(self, directory, names, *, sizes):
        return self.source.resolve_files(directory, names, sizes=sizes)

    def ask_sizes(self, directory, names):
        return self.source.ask_sizes(directory, names)


class Asked(Around):
    """Its listings say nothing of places: each file is asked for."""

    def list_directory(self, directory, *, sizes, ask=False):
        return completed(unplaced(super().list_directory(directory, sizes=sizes, ask=ask).result()))


def unplaced(listed):
    """A listing that says nothing of places."""
    return listed._replace(answers=(), placed=[PENDING] * len(listed.files), sizes=())


class Cookies(Around):
    """Places files as cookies do, and asks as attributes do. ``wrong``: directories in which cookies say the other one
    of two groups. ``without``: files whose cookies say nothing. ``disproving``: directories whose listing shows that
    cookies are wrong.
    """

    def __init__(self, source, wrong=(), without=(), disproving=()):
        super().__init__(source)
        self.wrong, self.without, self.disproving = wrong, without, disproving
        self.asked = []

    def list_directory(self, directory, *, sizes, ask=False):
        listed = super().list_directory(directory, sizes=sizes, ask=ask).result()
        if directory in self.disproving:
            self.disproved = os.path.join(self.mount_point, directory, listed.files[0])
        if self.disproved:
            return completed(unplaced(listed))
        other = directory in self.wrong
        answers = [GroupAnswer("cookie", 1 - answer.group if other else answer.group) for answer in listed.answers]
        names = zip(listed.files, listed.placed, strict=True)
        placed = [PENDING if name in self.without else place for name, place in names]
        return completed(listed._replace(answers=answers, placed=placed))

    def resolve_files(self, directory, names, *, sizes):
        self.asked.append((directory, names))
        return super().resolve_files(directory, names, sizes=sizes)


class Unsized(Cookies):
    """Its listings tell the size of the first file only."""

    def list_directory(self, directory, *, sizes, ask=False):
        listed = super().list_directory(directory, sizes=sizes, ask=ask).result()
        unsized = [UNSIZED] * (len(listed.files) - 1)
        return completed(listed._replace(sizes=[*listed.sizes[:1], *unsized], unsized=len(unsized)))

    def ask_sizes(self, directory, names):
        return completed(FileSizes(super().resolve_files(directory, names, sizes=True).result().sizes))


class Threaded(Around):
    """Answers from several threads, in any order."""

    def __init__(self, source, executor):
        super().__init__(source)
        self.executor = executor

    def list_directory(self, directory, *, sizes, ask=False):
        return self.executor.submit(lambda: self.source.list_directory(directory, sizes=sizes, ask=ask).result())

    def resolve_files(self, directory, names, *, sizes):
        return self.executor.submit(lambda: self.source.resolve_files(directory, names, sizes=sizes).result())


class Vanishing(Around):
    """Lists files and directories at the root that are gone when their turn comes."""

    def __init__(self, source, files=(), directories=()):
        super().__init__(source)
        self.files, self.directories = files, directories

    def list_directory(self, directory, *, sizes, ask=False):
        listed = self.source.list_directory(directory, sizes=sizes, ask=ask).result()
        if directory == b"":
            files, directories = [*listed.files, *self.files], [*listed.directories, *self.directories]
            listed = unplaced(listed._replace(files=sorted(files), directories=sorted(directories)))
        return completed(listed)


class Hanging(Asked):
    """Answers the first questions, and leaves all others open."""

    def __init__(self, source, answered):
        super().__init__(source)
        self.answered, self.open, self.asked = answered, [], 0

    def resolve_files(self, directory, names, *, sizes):
        self.asked += 1
        if self.asked <= self.answered:
            return super().resolve_files(directory, names, sizes=sizes)
        self.open.append(Future())
        return self.open[-1]


class Noting(Asked):
    """Notes which files are asked for."""

    def __init__(self, source):
        super().__init__(source)
        self.asked = []

    def resolve_files(self, directory, names, *, sizes):
        self.asked.extend(names)
        return super().resolve_files(directory, names, sizes=sizes)


def walked(source, start=ROOT, keep=ALL, report=None):
    """The paths of the files, in the order in which they come."""
    found = walk(source, start, keep, report=report or Report())
    return [os.path.join(placed.directory, name) for placed in found for name in placed.names]


def reported(source, start=ROOT, keep=ALL):
    report = Report()
    walked(source, start, keep, report)
    return report
