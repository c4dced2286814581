"""The desk, a web application for editors, in a process of its own; README.md explains how to add a page."""
