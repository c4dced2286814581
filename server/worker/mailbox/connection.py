"""A connection to a folder of an IMAP server, for one job; called by the intake and by trials.

The server's address is checked like every address that others give (feeds.download.address_guard), every wait ends
at a deadline, and nothing changes in the mailbox but by `Folder.mark`. imap-tools' own ``fetch`` and ``flag`` are not
used: the first has no limit of size, the second deletes letters that somebody else has marked as deleted.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import compat32
from threading import Event, Timer

from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox

from feeds.download.address_guard import Deadline, GuardedBackend
from feeds.download.certificate_trust import new_context
from feeds.errors import FeedError, Refused, TimedOut, Unreachable
from server.core.sources.mail.address import MailboxAddress
from server.core.sources.mail.judgement import Envelope
from server.worker.mailbox.words import value_text

JOB_SECONDS = 150.0
"""How long one job may take; a source's lease is three minutes."""
STEP_SECONDS = 20.0
MOST_HEADER = 64 * 1024
_MARK = "BangTin"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_ARRIVED = re.compile(rb'INTERNALDATE "\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4})"')
_SLOW = "Máy chủ thư trả lời quá chậm."
_LOST = "Hộp thư trả lời không đúng chuẩn IMAP."


@dataclass(frozen=True, slots=True)
class Login:
    """How to reach a mailbox. ``allow_private`` are private hosts and networks that may be contacted.

    ``ca_bundle`` is a PEM file of further certificate authorities, "" for none.
    """

    address: MailboxAddress
    user: str
    password: str
    allow_private: tuple[str, ...] = ()
    ca_bundle: str = ""


class _Client(imaplib.IMAP4):
    """imaplib's client on a socket that is already connected; it never reads more than ``most`` bytes at once."""

    def __init__(self, connected: socket.socket, host: str) -> None:
        self._connected = connected
        self.most = MOST_HEADER * 2
        super().__init__(host)

    def _create_socket(self, timeout: float | None) -> socket.socket:  # noqa: ARG002 - imaplib's signature
        return self._connected

    def read(self, size: int) -> bytes:
        if size > self.most:
            raise self.abort(f"{size} bytes at once")
        return super().read(size)


class _Box(BaseMailBox):
    def __init__(self, client: _Client) -> None:
        self._given = client
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._given


class Folder:
    """The open folder of a mailbox. ``validity`` is its UIDVALIDITY: if that changes, all uids are new.

    ``keeps_keywords`` is False if the server keeps only its own flags, so that `waiting` returns marked letters too.
    """

    def __init__(self, box: BaseMailBox, client: _Client) -> None:
        self._box, self._client = box, client
        self.validity = int(_numbers(client, "UIDVALIDITY"))
        flags = b" ".join(_untagged(client, "PERMANENTFLAGS"))
        self.keeps_keywords = rb"\*" in flags or _MARK.encode() in flags

    def waiting(self, since: date) -> list[int]:
        """The uids of letters that arrived on ``since`` or later and that we have not marked, oldest first."""
        criteria = f"UNKEYWORD {_MARK} SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        return sorted(int(uid) for uid in self._box.uids(criteria, charset=None))

    def envelope(self, uid: int) -> Envelope | None:
        """Size, arrival and headers of a letter (at most `MOST_HEADER` bytes of them); None if it is gone."""
        found = self._fetch(uid, f"(RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER]<0.{MOST_HEADER}>)")
        if found is None:
            return None
        said, head = found
        size, arrived = _SIZE.search(said), _ARRIVED.search(said)
        if size is None or arrived is None:
            raise Unreachable(_LOST, "imap")
        return Envelope(_headers(head), int(size[1]), _instant(arrived))

    def letter(self, uid: int, size: int) -> bytes | None:
        """The whole letter, of ``size`` bytes as its envelope says; None if it is gone."""
        self._client.most = size + 4096
        try:
            found = self._fetch(uid, "(BODY.PEEK[])")
        finally:
            self._client.most = MOST_HEADER * 2
        return None if found is None else found[1]

    def mark(self, uid: int) -> None:
        r"""Marks a letter as read (\Seen) and, where the server allows keywords, with the keyword "BangTin"."""
        flags = rf"(\Seen {_MARK})" if self.keeps_keywords else r"(\Seen)"
        self._client.uid("STORE", str(uid), "+FLAGS.SILENT", flags)

    def _fetch(self, uid: int, parts: str) -> tuple[bytes, bytes] | None:
        """What the server says of a letter, and the one literal in its answer."""
        status, answer = self._client.uid("FETCH", str(uid), parts)
        if status != "OK":
            raise Unreachable(_LOST, "imap")
        literals = [one for one in answer if isinstance(one, tuple)]
        if not literals:
            return None
        rest = b" ".join(one for one in answer if isinstance(one, bytes))
        return b" ".join([*(one[0] for one in literals), rest]), literals[0][1]


@contextmanager
def opened(login: Login, *, readonly: bool = False, seconds: float = JOB_SECONDS) -> Iterator[Folder]:
    """Signs in and opens the folder; yields it, and signs out. Raises FeedError, also for errors in the block.

    If ``readonly``, the server itself lets nothing be changed. All of it may take ``seconds`` after the connection.
    """
    try:
        with _connected(login, seconds) as client:
            box = _Box(client)
            plain = login.user.isascii() and login.password.isascii()
            (box.login if plain else box.login_utf8)(login.user, login.password, None)
            box.folder.set(login.address.folder, readonly)
            yield Folder(box, client)
            box.logout()
    except MailboxLoginError as error:
        raise Refused(_WRONG_LOGIN, "login") from error
    except MailboxFolderSelectError as error:
        raise Refused(f"Hộp thư không có thư mục «{login.address.folder}».", "folder") from error
    except TimeoutError as error:
        raise TimedOut(_SLOW, "timeout") from error
    except ssl.SSLCertVerificationError as error:
        raise Unreachable("Chứng thư của máy chủ thư không hợp lệ.", "certificate") from error
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        raise _protocol_error(error) from error
    except OSError as error:
        raise Unreachable("Kết nối với máy chủ thư bị đứt.", "connect") from error


_WRONG_LOGIN = "Máy chủ thư không nhận tên đăng nhập hay mật khẩu."


def _protocol_error(error: Exception) -> FeedError:
    """imaplib reports refused logins by AUTHENTICATE, and broken connections, as errors of the protocol."""
    if "AUTHENTICATIONFAILED" in str(error).upper():
        return Refused(_WRONG_LOGIN, "login")
    return Unreachable(_LOST, "imap")


@contextmanager
def _connected(login: Login, seconds: float) -> Iterator[_Client]:
    """A client with TLS. Raises TimedOut, also in the block, when the time of the job is over."""
    host, port = login.address.host, login.address.port
    backend = GuardedBackend(Deadline.after(STEP_SECONDS), allow=login.allow_private)
    stream = backend.connect_tcp(host, port, STEP_SECONDS)
    plain = stream.get_extra_info("socket")
    if not isinstance(plain, socket.socket):
        raise Unreachable("Không kết nối được với máy chủ thư.", "connect")
    with plain, _cut_after(seconds, plain):
        plain.settimeout(STEP_SECONDS)
        trust = new_context(login.ca_bundle)
        used = trust.wrap_socket(plain, server_hostname=host) if login.address.security == "tls" else plain
        with used:
            client = _Client(used, host)
            if login.address.security == "starttls":
                client.starttls(trust)
            try:
                yield client
            finally:
                with suppress(OSError):
                    client.shutdown()


@contextmanager
def _cut_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Cuts the connection after ``seconds``; an error that this causes in the block becomes TimedOut."""
    over = Event()
    # A second handle, because TLS takes the first one over. It is shut down, not closed: another thread may be
    # reading from the connection.
    with connection.dup() as handle:

        def cut() -> None:
            over.set()
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

        alarm = Timer(seconds, cut)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
            if over.is_set():
                raise TimedOut(_SLOW, "timeout") from error
            raise
        finally:
            alarm.cancel()


def _untagged(client: imaplib.IMAP4, name: str) -> Sequence[bytes]:
    found = client.response(name)[1]
    return [one for one in found if isinstance(one, bytes)]


def _numbers(client: imaplib.IMAP4, name: str) -> str:
    found = b"".join(_untagged(client, name)[-1:]).decode("ascii", "replace")
    if not found.isdigit():
        raise Unreachable(_LOST, "imap")
    return found


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    """Name, in lower case, and unfolded value of each header, topmost first."""
    message = message_from_bytes(head, policy=compat32)
    return tuple((name.lower(), value_text(value)) for name, value in message.raw_items())


def _instant(found: re.Match[bytes]) -> datetime:
    """INTERNALDATE, such as "17-Jul-1996 02:44:25 -0700", in UTC."""
    day, month, year, clock, zone = (part.decode() for part in found.groups())
    try:
        number = _MONTHS.index(month.title()) + 1
        return datetime.strptime(f"{year}-{number}-{day} {clock} {zone}", "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError as error:
        raise Unreachable(_LOST, "imap") from error
