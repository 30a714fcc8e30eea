"""Where the files of a dataset on GlusterFS lie, and the input lists that jobs take.

from disco.dfs.gluster import files

files("/data/web_logs/", "2006-07")
"""

from .cluster import Cluster, Group, Volume
from .errors import (
    AddressError,
    CookiesDisprovedError,
    ExportError,
    FailedFilesError,
    Failure,
    FilterError,
    GlusterError,
    GraphError,
    HostnameMapError,
    NoHostnameMapError,
    NotInputfsError,
    PathError,
    PathinfoError,
    RecordingError,
    UnmappedVolumesError,
)
from .files import files, iter_files
from .hostmap import Assignment, HostnameMap, MapEntry, read_hostname_map
from .placement import Placement
from .walk import Report

__all__ = [
    "AddressError",
    "Assignment",
    "Cluster",
    "CookiesDisprovedError",
    "ExportError",
    "FailedFilesError",
    "Failure",
    "FilterError",
    "GlusterError",
    "GraphError",
    "Group",
    "HostnameMap",
    "HostnameMapError",
    "MapEntry",
    "NoHostnameMapError",
    "NotInputfsError",
    "PathError",
    "PathinfoError",
    "Placement",
    "RecordingError",
    "Report",
    "UnmappedVolumesError",
    "Volume",
    "files",
    "iter_files",
    "read_hostname_map",
]
