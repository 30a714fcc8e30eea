"""Where the files of a dataset on GlusterFS lie, and the input lists that jobs take."""
