"""Selects who is notified, sends mail, and makes push messages and signatures of WebSub.

Called by desk, worker, processes and cli.
"""
