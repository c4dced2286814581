"""The page that a screen shows, and the guard of its device; a package so that the wheel includes the files."""
