"""One file per migration. ``down_revision`` gives their order, which is not always that of the file names."""
