"""Sources at the desk: their health, trials, new ones, and the stories that wait for approval."""
