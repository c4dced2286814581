"""Sources at the desk: adding and changing them, their health, trial reads, the stories that wait for approval."""
