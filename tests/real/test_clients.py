"""Several clients of one volume: a worker elsewhere has a client of its own."""

import os

from disco.dfs.gluster.meta import graph_shape

from .volume import RealVolume

ACTIVE = ".meta/graphs/active"


def test_two_clients_name_their_graphs_differently(volume_2x2: RealVolume) -> None:
    (volume_2x2.mountpoint / "shared").mkdir(exist_ok=True)
    other = volume_2x2.subdir_mount("shared")
    assert os.readlink(volume_2x2.mountpoint / ACTIVE) != os.readlink(other / ACTIVE)


def test_two_clients_have_graphs_of_one_shape(volume_2x2: RealVolume) -> None:
    (volume_2x2.mountpoint / "shape").mkdir(exist_ok=True)
    other = volume_2x2.subdir_mount("shape")
    shapes = {graph_shape(os.fsencode(mount / ACTIVE)) for mount in (volume_2x2.mountpoint, other)}
    assert len(shapes) == 1
