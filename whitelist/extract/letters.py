"""Plain text: from bytes in whatever encoding, to clean characters."""

import codecs
import re
import unicodedata
from typing import TYPE_CHECKING

from .found import Text, Unreadable

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_IN_USE = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
"""The encodings that are guessed at; with all that Python knows a guess is seldom right."""
_LATIN = ("ascii", "us-ascii", "iso-8859-1", "iso8859-1", "latin-1", "latin1")
"""What is called this is cp1252, says the WHATWG Encoding Standard."""
_SAMPLE = 65_536
_MOST_CONTROLS = 0.01
# Everything of category Cc but tab and line feed, once line ends are one.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def read_text(raw: bytes, text: Text) -> None:
    """Text of any kind, source code and tables too, just as it stands."""
    text.add(decoded(raw, text))


def plain(text: str) -> str:
    """One kind of line end, composed characters (NFC), no control or half characters."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    whole = _CONTROLS.sub("", _LINE_ENDS.sub("\n", whole)).removeprefix("\ufeff")
    return unicodedata.normalize("NFC", whole)


def decoded(raw: bytes, text: Text, stated: str = "") -> str:
    """The characters of `raw`: by its mark, as UTF-8, as `stated`, else as it most likely is.

    A guess leaves a notice in `text`.

    Raises:
        Unreadable: it is no text in any encoding.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _text_only(raw.decode(encoding, "replace"))
    encoding = _utf16(raw)
    if encoding:
        return _text_only(raw.decode(encoding, "replace"))
    stated = _IN_USE[0] if stated.lower() in _LATIN else stated
    for encoding in filter(None, ("utf-8", stated)):
        try:
            return _text_only(raw.decode(encoding))
        except (UnicodeError, LookupError):
            continue
    return _guessed(raw, text)


def _utf16(raw: bytes) -> str:
    """UTF-16 without a mark: in most texts every second byte is zero, and never both of a pair."""
    sample = raw[:_SAMPLE]
    low, high = sample[::2].count(0), sample[1::2].count(0)
    if high > len(sample) * 0.2 and not low:
        return "utf-16-le"
    return "utf-16-be" if low > len(sample) * 0.2 and not high else ""


def _guessed(raw: bytes, text: Text) -> str:
    if b"\0" in raw:
        raise Unreadable("program")
    from charset_normalizer import from_bytes

    guesses = list(from_bytes(raw, cp_isolation=list(_IN_USE)))
    if not guesses:
        raise Unreadable("program")
    text.notices["encoding_guessed"] = 1
    # Short texts leave several equally likely: then the one that most people use.
    equal = [each for each in guesses if _likeness(each) == _likeness(guesses[0])]
    return _text_only(str(next((g for g in equal if g.encoding == _IN_USE[0]), equal[0])))


def _likeness(guess: "CharsetMatch") -> tuple[float, float]:
    return guess.chaos, guess.coherence


def _text_only(whole: str) -> str:
    sample = whole[:_SAMPLE]
    if len(_CONTROLS.findall(_LINE_ENDS.sub("\n", sample))) > len(sample) * _MOST_CONTROLS:
        raise Unreadable("program")
    return whole
