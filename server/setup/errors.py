"""The error of a set-up that is incomplete; raised in server.setup, caught by server.main and the asset routes.

This module imports nothing, so that the command line starts fast.
"""


class SetupError(Exception):
    """Something that is needed to run is missing; the message is one Vietnamese sentence that says what to do."""
