"""The server process: composes the boards' laps (slide sequences), sends them to screens, serves pages.

It also forwards requests for the desk (the editors' web pages) to the desk's process.
"""
