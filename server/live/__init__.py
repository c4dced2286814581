"""The server process: composes laps, sends them to screens, serves pages, forwards requests to the desk."""
