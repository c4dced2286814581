"""Sources, the state of their fetching, their stories, and trials of addresses."""
