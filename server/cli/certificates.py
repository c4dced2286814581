"""Checks the files with certificates that config.toml names; called by server.cli.inspect (``check``)."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from feeds import ParseError
from server.setup.config import Config

_SOON = timedelta(days=30)


def certificate_remarks(config: Config, base: Path, data: Path, now: datetime) -> Iterator[str]:
    """Yields a line "path: remark", in Vietnamese, for each file that cannot be used or whose time is not right.

    The time is not right if the certificate has expired, expires soon or is not valid yet. File names of sources'
    certificates are relative to ``base``, the folder of config.toml; that of this server's own is relative to
    ``data``.
    """
    zone = ZoneInfo(config.timezone)
    if config.alerts.certificate and (said := _remark(data / config.alerts.certificate, now, zone)):
        yield f"alerts.certificate: {said}"
    for place, source in enumerate(config.sources):
        if source.certificate and (said := _remark(base / source.certificate, now, zone)):
            yield f"sources[{place}].certificate: {said}"
        if source.ca_bundle and not _is_bundle(source.ca_bundle):
            yield f"sources[{place}].ca_bundle: không đọc được tệp chứng thư {source.ca_bundle}"


def _remark(path: Path, now: datetime, zone: ZoneInfo) -> str:
    # Imported here: it loads parsers, which slow down every command.
    from feeds.formats.cap.signature import certificates_from

    try:
        found = certificates_from(path.read_text("ascii"))
    except OSError as error:
        return f"không đọc được {path}: {error.strerror}"
    except (ValueError, ParseError):
        return f"{path} không phải là tệp PEM có chứng thư"
    signing = [one for one in found if one.may_sign]
    if not signing:
        return f"chứng thư trong {path} không dùng để ký được: cần khóa RSA hoặc ECDSA dành cho chữ ký số"
    last = max(signing, key=lambda one: one.ends)
    day = last.ends.astimezone(zone)
    if last.ends < now:
        return f"chứng thư trong {path} đã hết hạn ngày {day:%d/%m/%Y}"
    if all(now < one.begins for one in signing):
        begins = min(one.begins for one in signing).astimezone(zone)
        return f"chứng thư trong {path} đến ngày {begins:%d/%m/%Y} mới có hiệu lực"
    return f"chứng thư trong {path} sắp hết hạn, ngày {day:%d/%m/%Y}" if last.ends < now + _SOON else ""


def _is_bundle(path: str) -> bool:
    """Whether TLS connections can use the file as a bundle of CA certificates.

    A relative path is relative to the working folder, as it is when connections open the file.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:
        return False
    return True
