"""The web page that a screen shows, and the guard, the program that watches the browser of a screen.

This folder is a Python package so that the wheel includes its files.
"""
