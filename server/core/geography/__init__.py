"""Places on the map as people and files write them: points, outlines and codes of areas, checked; no I/O."""
