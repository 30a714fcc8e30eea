"""What a directory entry's cookie (``d_off``) says: which client of the graph returned it.

Each client translator stamps its number into the cookie of every entry that it returns, in one of two ways: where the
brick's file system leaves the upper bits of its own cookies free, these are kept in the upper part and the number
stands in the lowest bits, with bit 62 as the mark; elsewhere the cookie is multiplied by the number of clients, and
the client's number added.

Source: GlusterFS 10.3, ``libglusterfs/src/gf-dirent.c`` (``gf_deitransform``, ``gf_bits_for``), ``client-helpers.c``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["SAYS_NOTHING", "UNKNOWN", "groups_of"]

SAYS_NOTHING = frozenset((0, 2**64 - 1))
UNKNOWN = -1
_MARK = 1 << 62


def groups_of(cookies: Iterable[int], leaf_groups: Sequence[int]) -> list[int]:
    """The group of each entry, UNKNOWN where its cookie does not tell.

    ``cookies``: as unsigned numbers of 64 bits. ``leaf_groups``: for each leaf of the client graph the index of its
    group, UNKNOWN for leaves that are no bricks.
    """
    leaves = len(leaf_groups)
    mask = (1 << (leaves - 1).bit_length()) - 1
    # With the mark, a number may come out that no leaf has.
    marked = [*leaf_groups, *[UNKNOWN] * (mask + 1 - leaves)]
    groups = [marked[c & mask] if c & _MARK else leaf_groups[c % leaves] for c in cookies]
    if any(c in SAYS_NOTHING for c in cookies):
        return [UNKNOWN if c in SAYS_NOTHING else g for c, g in zip(cookies, groups, strict=True)]
    return groups
