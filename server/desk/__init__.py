"""The desk: a web application for editors that runs in its own process; README.md explains how to add a page."""
