"""The same stories give the same text in every encoding."""

from __future__ import annotations

import gzip
import unicodedata

import pytest

from feeds.clean.legacy_fonts import _TCVN3, _VNI
from feeds.errors import ParseError
from feeds.formats.decode import decode
from tests.feeds.stories import STORIES, reading, sample_feed

PLAIN = sample_feed()


def declared(encoding: str) -> str:
    return sample_feed(f'<?xml version="1.0" encoding="{encoding}"?>\n')


def in_tcvn3(text: str) -> str:
    """The text in TCVN3, the encoding of old Vietnamese fonts.

    It has no capitals with tones, so the sample stories contain hardly any.
    """
    glyphs = {letter: chr(glyph) for glyph, letter in _TCVN3.items()}
    return "".join(glyphs.get(letter, letter) for letter in text)


def in_vni(text: str) -> str:
    glyphs: dict[str, str] = {}
    for glyph, letter in _VNI.items():
        glyphs.setdefault(letter, glyph)
    return "".join(glyphs.get(letter, letter) for letter in text)


def in_windows_1258(text: str) -> bytes:
    """The text in windows-1258 as Windows keyboards write it.

    Letters that have a code of their own stay precomposed; other tones follow their letter as combining marks.
    """
    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            tone = {"̀", "́", "̃", "̉", "̣"} & set(unicodedata.normalize("NFD", letter))
            mark = tone.pop()
            rest = unicodedata.normalize("NFC", unicodedata.normalize("NFD", letter).replace(mark, ""))
            out += rest.encode("cp1258") + mark.encode("cp1258")
    return out


BYTES = {
    "utf-8": PLAIN.encode(),
    "utf-8, mark, blank line": b"\xef\xbb\xbf\n" + declared("utf-8").encode(),
    "utf-8, decomposed": unicodedata.normalize("NFD", declared("utf-8")).encode(),
    "utf-8 declared as utf-16": declared("utf-16").encode(),
    "utf-8 declared as windows-1252": declared("windows-1252").encode(),
    "utf-8 declared as nonsense": declared("no-such-thing").encode(),
    "utf-8 twice, by latin-1": declared("utf-8").encode().decode("latin-1").encode(),
    "utf-8 twice, by windows-1252": "".join(
        bytes([b]).decode("cp1252") if b not in b"\x81\x8d\x8f\x90\x9d" else chr(b) for b in PLAIN.encode()
    ).encode(),
    "utf-16-le with mark": b"\xff\xfe" + declared("utf-16").encode("utf-16-le"),
    "utf-16-be with mark": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "utf-16-be without mark": declared("utf-16").encode("utf-16-be"),
    "utf-16-be without anything": PLAIN.encode("utf-16-be"),
    "utf-16-le without anything": PLAIN.encode("utf-16-le"),
    "utf-32-be with mark": b"\x00\x00\xfe\xff" + PLAIN.encode("utf-32-be"),
    "windows-1258, declared": in_windows_1258(declared("windows-1258")),
    "windows-1258 declared as utf-8": in_windows_1258(declared("utf-8")),
    "windows-1258, undeclared": in_windows_1258(PLAIN),
    "tcvn3 bytes, undeclared": in_tcvn3(PLAIN).encode("latin-1"),
    "tcvn3 bytes declared as windows-1252": in_tcvn3(declared("windows-1252")).encode("latin-1"),
    "tcvn3 glyphs in utf-8": in_tcvn3(declared("utf-8")).encode(),
    "vni glyphs in utf-8": in_vni(declared("utf-8")).encode(),
    "vni bytes, undeclared": in_vni(PLAIN).encode("cp1252"),
    "gzip without a header": gzip.compress(PLAIN.encode()),
}


@pytest.mark.parametrize("name", BYTES)
def test_every_encoding_gives_the_same_stories(name: str) -> None:
    got = reading(BYTES[name])
    assert [(e.title, e.summary, e.published) for e in got.entries] == [
        (story.title, story.text, story.published) for story in STORIES
    ]
    assert got.title == "Trang tin điện tử xã Đông Hải"


def test_conversions_are_noted() -> None:
    assert reading(BYTES["vni glyphs in utf-8"]).notes
    assert reading(BYTES["gzip without a header"]).notes
    assert not reading(BYTES["utf-8"]).notes


def test_legacy_glyphs_behind_entities_and_beside_good_unicode_are_mended() -> None:
    good, old = STORIES[0], STORIES[1]
    wrapped = "".join(f"&amp;#{ord(c)};" if ord(c) > 127 else c for c in in_tcvn3(old.text))
    feed = sample_feed().replace(old.text, wrapped).replace(old.title, in_tcvn3(old.title))
    entries = reading(feed).entries
    assert (entries[1].title, entries[1].summary) == (old.title, old.text)
    assert any("Unicode" in note for note in entries[1].notes)
    assert (entries[0].title, entries[0].notes) == (good.title, ())


@pytest.mark.parametrize(
    "text",
    [
        "Le café était fermé à l’été, où êtes-vous ? Déjà vu, très bien, élève à côté",
        "Det är så att på då blå små två får år, også på færgen på søndag, når på",
        "Übung für Mädchen über größere Straßen, schöne Grüße, süß",
        "El niño está aquí. Así será mañana, señor; qué pasó en el jardín",
    ],
)
def test_other_languages_in_latin_1_are_left_alone(text: str) -> None:
    assert decode(text.encode()).text == text
    assert decode(text.encode("cp1252"), "text/xml; charset=iso-8859-1").text == text


def test_a_declared_character_set_is_used_unless_something_contradicts_it() -> None:
    russian = '<?xml version="1.0" encoding="koi8-r"?><rss><title>Первая новость</title></rss>'
    assert decode(russian.encode("koi8-r")).text == russian
    assert decode("Первая новость".encode("cp1251"), "text/xml; charset=windows-1251").text == "Первая новость"
    japanese = "<?xml version='1.0' encoding='iso-2022-jp'?><t>日本語</t>"
    assert decode(japanese.encode("iso2022_jp")).text == japanese


def test_a_codec_that_is_no_character_set_is_not_used() -> None:
    assert decode(b"\xe9t\xe9", "text/xml; charset=punycode").encoding != "punycode"


def test_one_bad_byte_does_not_change_the_encoding() -> None:
    cut = sample_feed().encode()
    cut = cut[: cut.index("ỗ".encode()) + 2]
    assert decode(cut).encoding == "utf-8"


def test_characters_that_xml_forbids_are_dropped() -> None:
    assert decode(b"Gi\x00o\x0b c\xe1\xba\xa5p\x1f 6\n").text == "Gio cấp 6\n"


def test_a_body_that_unpacks_too_far_is_refused() -> None:
    with pytest.raises(ParseError) as caught:
        decode(gzip.compress(b" " * (6 * 2**20)))
    assert caught.value.code == "too-large"


def test_a_damaged_gzip_body_is_refused() -> None:
    with pytest.raises(ParseError) as caught:
        decode(b"\x1f\x8bnot gzip at all")
    assert caught.value.code == "bad-gzip"
