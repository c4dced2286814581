"""Only what the receiving mail server itself wrote proves a sender's domain, whatever a letter contains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.sources.mail.authentication import fault, read
from server.core.sources.mail.results_tokens import Malformed, tokens

MX = "mx.xa.vn"
PASS = f"{MX}; dmarc=pass (p=reject dis=none) header.from=xa.vn"


def of(*headers: str, domain: str = "xa.vn", authserv: str = MX) -> str | None:
    return fault(headers, authserv, domain)


@pytest.mark.parametrize(
    "header",
    [
        PASS,
        f"{MX} 1; spf=none smtp.mailfrom=a.vn; dmarc=pass policy.dmarc=none header.from=XA.vn",
        f"{MX.upper()};\r\n\tdkim=pass header.d=xa.vn header.s=mail header.b=AbC/9+z",
        f'{MX}; dkim=pass (2048-bit key; "pass") reason="good signature" header.i=@xa.vn',
        f"{MX}; dkim/1 = pass header . d = xa.vn",
        f'{MX}; spf=pass smtp.mailfrom="van phong"@xa.vn smtp.helo=thu.khac.vn',
        f"{MX}; dmarc=none header.from=xa.vn; dkim=fail header.d=khac.vn; dkim=pass header.d=xa.vn",
    ],
)
def test_a_proof_for_the_domain_is_accepted(header: str) -> None:
    assert of(header) is None


def test_a_domain_above_proves_those_below_it_but_not_the_other_way_round() -> None:
    assert of(f"{MX}; dkim=pass header.d=xa.vn", domain="thon.xa.vn") is None
    assert of(f"{MX}; dkim=pass header.d=thon.xa.vn") == "failed"
    assert of(f"{MX}; dkim=pass header.d=vn") == "failed"
    assert of(f"{MX}; dkim=pass header.d=axa.vn") == "failed"


@pytest.mark.parametrize(
    "header",
    [
        f"{MX}; none",
        f"{MX}; dmarc=fail header.from=xa.vn",
        f"{MX}; dmarc=fail (dmarc=pass header.from=xa.vn) header.from=xa.vn",
        f"{MX}; dmarc=pass header.from=ke-xau.vn",
        f"{MX}; dmarc=pass",
        f"{MX}; dmarc=pass header.from=xa.vn; dmarc=fail header.from=xa.vn",
        f"{MX}; spf=pass smtp.mailfrom=lan@ke-xau.vn; dkim=none",
        f"{MX}; spf=pass smtp.helo=xa.vn",
        f"{MX}; dkim=pass header.d=ke-xau.vn header.i=@xa.vn",
        f"{MX}; dkim=fail header.d=xa.vn (but pass)",
        f'{MX}; spf=pass smtp.mailfrom="x; dmarc=pass header.from=xa.vn"@ke-xau.vn',
        f"{MX}; arc=pass header.d=xa.vn",
    ],
)
def test_what_proves_nothing_for_the_domain_is_refused(header: str) -> None:
    assert of(header) == "failed"


@pytest.mark.parametrize(
    "header",
    [
        f"{MX}; dmarc=pass (never closed header.from=xa.vn",
        f'{MX}; dmarc=pass header.from="xa.vn',
        f"{MX}; dmarc=pass header.from=xa.vn spf",
        f"{MX}; dmarc pass header.from=xa.vn",
        f"{MX}; dmarc=fail dmarc pass=x header.from=xa.vn",
        f"{MX}; dmarc=pass header.from=khac.vn header.from=xa.vn",
        f"{MX} x y; dmarc=pass header.from=xa.vn",
        f"{MX}; dmarc=pass header.from=xa.vn\x00",
        f"{MX}; {'(' * 50}{')' * 50}dmarc=pass header.from=xa.vn",
        "; dmarc=pass header.from=xa.vn",
    ],
)
def test_a_header_that_breaks_the_grammar_is_refused_whole(header: str) -> None:
    assert of(header) == "bad-results"
    assert of(header, PASS) == "bad-results", "what stands below may be the sender's own"


def test_only_the_topmost_header_of_the_named_server_counts() -> None:
    forged = PASS
    own = f"{MX}; dmarc=fail header.from=xa.vn"
    assert of(own, forged) == "failed"
    assert of("mx.khac.vn; dmarc=pass header.from=xa.vn") == "no-results"
    assert of("mx.khac.vn; dmarc=fail header.from=xa.vn", PASS) is None
    assert of() == "no-results"


def test_without_a_named_server_nobody_is_accepted() -> None:
    assert of(PASS, authserv="") == "no-authserv"
    assert of(PASS, authserv=" ") == "no-authserv"


_PIECES = st.sampled_from(
    [MX, ";", "=", "dmarc", "dkim", "pass", "fail", "header.from", "header.d", "xa.vn", "ke-xau.vn", " ", "(", ")",
     '"', "\\", "@", ".", "\r\n\t", "none", "/1"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=24).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert of(text) in (None, "no-results", "bad-results", "failed")


@given(st.lists(_PIECES, max_size=20).map("".join))
def test_text_in_a_comment_changes_nothing(text: str) -> None:
    quoted = text.replace("\\", "").replace("(", "\\(").replace(")", "\\)")
    assert of(f"{MX}; dmarc=fail ({quoted}) header.from=xa.vn") == "failed"


@given(st.lists(_PIECES, max_size=20).map("".join))
def test_text_in_a_quoted_value_changes_nothing(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r\n", "")
    header = f'{MX}; spf=pass smtp.mailfrom="{quoted}"@ke-xau.vn'
    assert of(header) == "failed"
    assert read(header).methods[0].properties["smtp.mailfrom"].endswith("@ke-xau.vn")


def test_a_very_long_header_is_refused() -> None:
    with pytest.raises(Malformed):
        list(tokens("a" * 30_000))
