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
    MapChangedError,
    MapSaveError,
    NodesError,
    NoHostnameMapError,
    NotInputfsError,
    PathError,
    PathinfoError,
    RecordingError,
    UnmappedVolumesError,
)
from .files import files, iter_files
from .findings import Finding, findings
from .hostmap import Assignment, HostnameMap, LookupStep, LookupTrace, MapEntry, read_hostname_map
from .nodes import KnownNodes
from .placement import Placement
from .suggestions import Suggestion, proposed_map, suggest
from .volume_tally import VolumeTally
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
    "Finding",
    "GlusterError",
    "GraphError",
    "Group",
    "HostnameMap",
    "HostnameMapError",
    "KnownNodes",
    "LookupStep",
    "LookupTrace",
    "MapChangedError",
    "MapEntry",
    "MapSaveError",
    "NoHostnameMapError",
    "NodesError",
    "NotInputfsError",
    "PathError",
    "PathinfoError",
    "Placement",
    "RecordingError",
    "Report",
    "Suggestion",
    "UnmappedVolumesError",
    "Volume",
    "VolumeTally",
    "files",
    "findings",
    "iter_files",
    "proposed_map",
    "read_hostname_map",
    "suggest",
]
