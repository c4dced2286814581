"""People at the desk: accounts and roles."""
