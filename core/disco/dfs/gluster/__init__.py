"""Where the files of a dataset on GlusterFS lie, and the input lists that jobs take.

from disco.dfs.gluster import files

files("/data/web_logs/", "2006-07")
"""

from .cluster import Cluster, Group, Volume
from .errors import (
    AddressError,
    ExportError,
    FailedFiles,
    Failure,
    FilterError,
    GlusterError,
    GraphError,
    HostnameMapError,
    NoHostnameMap,
    NotInputfs,
    PathError,
    PathinfoError,
    RecordingError,
    UnmappedVolumes,
)
from .files import files, iter_files
from .hostmap import Assignment, HostnameMap, MapEntry, read_hostname_map
from .placement import Placement
from .walk import Report

__all__ = [
    "AddressError",
    "Assignment",
    "Cluster",
    "ExportError",
    "FailedFiles",
    "Failure",
    "FilterError",
    "GlusterError",
    "GraphError",
    "Group",
    "HostnameMap",
    "HostnameMapError",
    "MapEntry",
    "NoHostnameMap",
    "NotInputfs",
    "PathError",
    "PathinfoError",
    "Placement",
    "RecordingError",
    "Report",
    "UnmappedVolumes",
    "Volume",
    "files",
    "iter_files",
    "read_hostname_map",
]
