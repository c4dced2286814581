"""Areas at the desk: pages on which keepers (administrators) say where areas are and whom citizens call there."""
