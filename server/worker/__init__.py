"""The worker process: fetches sources, imports uploaded files, issues alerts, sends messages out, runs maintenance.

It has no connection to screens.
"""
