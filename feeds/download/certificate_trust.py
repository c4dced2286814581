"""Decides which certificate authorities are trusted in TLS connections; called by request and worker.mailbox."""

from __future__ import annotations

from ssl import SSLContext

import httpcore

from feeds.errors import Unreachable


def new_context(ca_bundle: str) -> SSLContext:
    """Returns an SSL context that trusts httpcore's default certificate authorities and those in ``ca_bundle``.

    ``ca_bundle`` is the path of a file, "" for none. Raises Unreachable if it cannot be read. Each protocol needs a
    context of its own: httpcore writes the name of HTTP into the one that it uses.
    """
    context = httpcore.default_ssl_context()
    if ca_bundle:
        try:
            context.load_verify_locations(ca_bundle)
        except OSError as error:
            raise Unreachable("Không đọc được tệp chứng thư (ca_bundle) của nguồn này.", "ca-bundle") from error
    return context
