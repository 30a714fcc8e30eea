"""A Textual explorer for datasets on GlusterFS: see where every file lies, and export input lists."""

__version__ = "0.1.0"
