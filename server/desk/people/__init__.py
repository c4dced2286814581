"""People at the desk: accounts and rights."""
