"""Starts Bảng Tin: `python run.py --help` lists the commands; the command line itself is server/main.py."""

import gc
import signal
import sys

# Ctrl-C during the imports ends the program without a traceback; the commands set handlers of their own.
signal.signal(signal.SIGINT, signal.SIG_DFL)

if "serve" in sys.argv[1:]:
    # The server runs on gevent, which must patch the standard library before anything else is imported.
    from gevent import monkey

    monkey.patch_all()

# Imports create many objects that live until the end; garbage collections during them took a seventh of the start.
gc.disable()

from server.processes.optional_packages import OF_STRUCTLOG, packages_hidden  # noqa: E402 - only after gc.disable

with packages_hidden(OF_STRUCTLOG):
    import structlog  # noqa: F401 - loaded here, without rich, for all modules that use it

from server.main import main  # noqa: E402 - only after monkey.patch_all and gc.disable

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main()
