r"""Character sets of text: Specific Character Set (0008,0005), with and without code extensions.

PS3.3 section C.12.1.1.2 defines the terms; PS3.5 sections 6.1.2.5 and 6.2 say how ISO 2022 escape sequences switch
between sets within a value and where they end: at ``\`` between values, at ``^`` and ``=`` of person names, and at
TAB, LF, FF and CR. Nothing here raises on a peer's bytes, and nothing puts ``?`` in the place of a character.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from findtui.dicom import charset_terms as terms_of
from findtui.dicom.charset_terms import ASCII, BY_ESCAPE, ELEMENTS, OFFERED, STAND_ALONE, CodeElement
from findtui.dicom.visible import describe
from findtui.errors import CharacterSetError

# Text in which a backslash is a character like any other (PS3.5 section 6.2).
UNSPLIT_VRS: Final = frozenset(("LT", "ST", "UT", "UR"))
# Text that Specific Character Set applies to.
TEXT_VRS: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))

_ESCAPE: Final = re.compile(rb"\x1b[\x20-\x2f]+[\x30-\x7e]")
_CONTROLS: Final = b"\t\n\f\r"
_C1: Final = range(0x80, 0xA0)
_C1_BYTES: Final = re.compile(rb"[\x80-\x9f]")
# No sensible declaration is longer; a peer's may be as long as its message.
_LONGEST_DECLARATION: Final = 512
_PLACEHOLDER: Final = re.compile("[\udc80-\udcff]")


class CharacterSet(NamedTuple):
    """What the value of Specific Character Set means.

    Attributes:
        terms: defined terms in their canonical spelling, "" for the default repertoire; () where nothing is
            declared. An unknown term counts as the default repertoire.
        problems: what is wrong with the value as it was declared, in words.
        fallback: what is used for bytes that the declared sets leave unexplained because there is no declaration,
            ASCII only is declared, or the term is unknown; None for none.
    """

    terms: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    fallback: CharacterSet | None = None

    @staticmethod
    def parse(value: str | bytes) -> CharacterSet:
        r"""The meaning of a value of (0008,0005): terms separated by ``\``, in any spelling that is known."""
        value = value[:_LONGEST_DECLARATION]
        return _parse(value.decode("latin-1") if isinstance(value, bytes) else value)

    def with_fallback(self, term: str | None) -> CharacterSet:
        """The same set with another one for text that is not declared, "" or None for none."""
        fallback = CharacterSet.parse(term) if term else None
        return self._replace(fallback=fallback if fallback is not None and fallback.terms else None)

    def __str__(self) -> str:
        return "\\".join(self.terms)

    @property
    def declared(self) -> bool:
        """Whether anything but the default repertoire is."""
        return any(term not in ("", "ISO_IR 6", "ISO 2022 IR 6") for term in self.terms)

    def decode(self, raw: bytes, vr: str) -> str:
        r"""The text of a value or of several with the backslashes between them.

        Bytes that mean nothing come back as escapes, ``\xNN``, except where a reading is as good as certain:
        Windows-1252 in what is called Latin-1, UTF-8 where nothing is declared, sets that escape sequences name
        without being declared. `decodes` is False for those all the same.

        Args:
            raw: as it stands in the element, padding included.
            vr: of the element; it decides where code extensions end.
        """
        return self._read(raw, vr)[0] if not _plain(raw) or self._romaji else raw.decode("ascii")

    def decode_values(self, raw: bytes, vr: str) -> list[str]:
        """The values of an element, split at the backslashes that separate them and not at those within codes."""
        text = self._raw_text(raw, vr)[0]
        parts = [text] if vr in UNSPLIT_VRS else text.split("\\")
        return [_with_escapes(part) for part in parts]

    def decodes(self, raw: bytes, vr: str) -> bool:
        """Whether the bytes are text in the declared sets, so that `decode` neither guesses nor escapes."""
        return _plain(raw) or self._read(raw, vr)[1]

    def encode(self, text: str, vr: str) -> bytes:
        """The bytes of a text, without padding.

        Bytes that the command line could not decode (lone surrogates of PEP 383) go out as they came in, where they
        are text in the declared sets.

        Raises:
            CharacterSetError: a character that the sets do not hold; the remedy names terms that hold the text.
        """
        if _PLACEHOLDER.search(text):
            return self._as_typed(text, vr)
        # Who types escape sequences means them: ISO 2022 text is ASCII to a terminal.
        if text.isascii() and ("\x1b" in text or not self._romaji):
            return text.encode("ascii")
        codec = self._codec
        try:
            if codec is not None:
                return text.encode(codec)
            return _Encoder(self._elements, self._initial, vr).encode(text)
        except UnicodeEncodeError as error:
            raise self._unencodable(text, error.object[error.start], vr) from error

    @property
    def _codec(self) -> str | None:
        """Python's codec where one set fills the whole code space."""
        return STAND_ALONE.get(self.terms[0]) if self.terms else None

    @property
    def _elements(self) -> tuple[CodeElement, ...]:
        return _declared(self.terms)

    @property
    def _initial(self) -> tuple[CodeElement, CodeElement | None]:
        return _at_the_start(self.terms)

    @property
    def _romaji(self) -> bool:
        """Whether bytes below 0x80 are not ASCII."""
        return self._codec is None and self._initial[0] is not ASCII

    def _read(self, raw: bytes, vr: str) -> tuple[str, bool]:
        text, faithful = self._raw_text(raw, vr)
        return _with_escapes(text), faithful

    def _raw_text(self, raw: bytes, vr: str) -> tuple[str, bool]:
        """The text with undecodable bytes as lone surrogates, and whether it was read without guessing."""
        if self.fallback is not None and not self.declared and b"\x1b" not in raw:
            return self.fallback._raw_text(raw, vr)
        codec = self._codec
        if codec is not None:
            text = raw.decode(codec, "surrogateescape")
            return text, not _PLACEHOLDER.search(text)
        if b"\x1b" not in raw:
            if not self.declared and not raw.isascii():
                return _undeclared(raw), False
            if (whole := self._at_once(raw)) is not None:
                return whole, True
        return _Decoder(self._elements, self._initial, vr).decode(raw)

    def _at_once(self, raw: bytes) -> str | None:
        """The text of bytes in one single-byte set, as nearly all are; None where a closer look is needed."""
        low, high = self._initial
        if low is not ASCII or high is None or high.width != 1 or _C1_BYTES.search(raw):
            return None
        try:
            return raw.decode(high.codec)
        except UnicodeDecodeError:
            return None

    def _as_typed(self, text: str, vr: str) -> bytes:
        raw = text.encode("utf-8", "surrogateescape")
        if self.decodes(raw, vr):
            return raw
        raise CharacterSetError(
            f"the bytes {_with_escapes(text)} are no text in {self._words()}",
            remedy="Type the text in the terminal's own encoding, or declare the one that it is in "
            "with -k SpecificCharacterSet=…",
        )

    def _unencodable(self, text: str, character: str, vr: str) -> CharacterSetError:
        held = [term for term in OFFERED if CharacterSet.parse(term).holds(text, vr)]
        return CharacterSetError(
            f"{self._words()} cannot hold {describe(character)}",
            remedy=f"Character sets that hold the whole text: {', '.join(held)}" if held else "",
        )

    def holds(self, text: str, vr: str) -> bool:
        """Whether `encode` can encode the text."""
        try:
            if self._codec is not None:
                text.encode(self._codec)
            else:
                _Encoder(self._elements, self._initial, vr).encode(text)
        except UnicodeEncodeError:
            return False
        return True

    def _words(self) -> str:
        if self.declared:
            return f"character set {self}"
        unknown = f"; {self.problems[0]}" if self.problems else ""
        return f"the default character set (ASCII{unknown})"


DEFAULT: Final = CharacterSet()
UTF_8: Final = CharacterSet(("ISO_IR 192",))


@lru_cache(maxsize=512)
def _declared(terms: tuple[str, ...]) -> tuple[CodeElement, ...]:
    """Every code element of these terms, in order; one term knows no escape sequences."""
    numbers = [terms_of.number(term) for term in terms if term not in STAND_ALONE] or ["6"]
    found = [element for number in numbers for element in ELEMENTS[number]]
    return tuple(dict.fromkeys(found if len(terms) > 1 else found[:2]))


@lru_cache(maxsize=512)
def _at_the_start(terms: tuple[str, ...]) -> tuple[CodeElement, CodeElement | None]:
    """What G0 and G1 hold at the start of each value."""
    first = ELEMENTS[terms_of.number(terms[0])] if terms and terms[0] not in STAND_ALONE else (ASCII,)
    low = next((element for element in first if element.register == 0 and element.width == 1), ASCII)
    return low, next((element for element in first if element.register == 1), None)


@lru_cache(maxsize=512)
def _parse(value: str) -> CharacterSet:
    value = value.strip(" \0")
    if not value:
        return DEFAULT
    terms: list[str] = []
    problems: list[str] = []
    for given in value.split("\\"):
        term = terms_of.canonical(given)
        if term is None:
            problems.append(f"'{given.strip()}' is no defined term")
        elif term != given.strip(" \0"):
            problems.append(f"'{given.strip()}' is not how {term} is spelt")
        terms.append(term or "")
    alone = [term for term in terms if term in STAND_ALONE]
    if len(terms) > 1 and alone:
        problems.append(f"{alone[0]} cannot be combined with other terms")
        terms = alone[:1] if terms[0] in STAND_ALONE else [term for term in terms if term not in STAND_ALONE]
    if len(terms) > 1:
        terms = [re.sub(r"^ISO_IR (\d+)$", r"ISO 2022 IR \1", term) for term in terms]
        if any(term.startswith("ISO_IR") for term in map(str.strip, value.upper().split("\\"))):
            problems.append("several terms must be ISO 2022 ones")
    if len(terms) == 1 and terms[0] in {f"ISO 2022 IR {number}" for number in ("87", "159", "149", "58")}:
        problems.append(f"{terms[0]} cannot stand alone or first")
    return CharacterSet(tuple(terms), tuple(problems))


class _Decoder:
    """One value or several in ISO 2022."""

    def __init__(
        self, elements: tuple[CodeElement, ...], initial: tuple[CodeElement, CodeElement | None], vr: str
    ) -> None:
        self.elements = elements
        self.initial = initial
        self.resets = _resets(vr)
        self.latin = initial[1] is not None and initial[1].codec in ("iso8859_1", "iso8859_15")

    def decode(self, raw: bytes) -> tuple[str, bool]:
        """The text, undecodable bytes as lone surrogates, and whether everything was as declared."""
        text: list[str] = []
        faithful = True
        low, high = self.initial
        position, end = 0, len(raw)
        while position < end:
            byte = raw[position]
            if byte == 0x1B and (match := _ESCAPE.match(raw, position)) and match[0] in BY_ESCAPE:
                element = BY_ESCAPE[match[0]]
                faithful = faithful and (element in self.elements or element is ASCII) and len(self.elements) > 1
                low, high = (element, high) if element.register == 0 else (low, element)
                position = match.end()
                continue
            pair = low.width == 2 and 0x21 <= byte <= 0x7E and position + 1 < end and 0x21 <= raw[position + 1] <= 0x7E
            if byte in _CONTROLS or (byte in self.resets and not pair):
                low, high = self.initial
            active = low if byte < 0x80 else high
            if active is None:
                active = next((element for element in self.elements if element.register == 1), None)
                faithful = False
            width = 1 if active is None or byte in b" " or byte < 0x20 else active.width
            code = raw[position : position + width]
            character = self._character(active, code)
            if character is None:
                code = code[:1]
                character, faithful = self._guess(byte), False
            text.append(character)
            position += len(code)
        return "".join(text), faithful

    def _character(self, element: CodeElement | None, code: bytes) -> str | None:
        byte = code[0]
        if byte <= 0x20 or byte == 0x7F or (byte == 0x5C and byte in self.resets and len(code) == 1):
            return chr(byte)
        if element is None or byte in _C1 or len(code) != element.width:
            return None
        return element.decode(code)

    def _guess(self, byte: int) -> str:
        """Windows-1252 is what is meant where Latin-1 has no characters; all else stays undecoded."""
        if byte in _C1 and self.latin:
            return bytes((byte,)).decode("cp1252", "surrogateescape")
        return chr(0xDC00 + byte) if byte >= 0x80 else chr(byte)


class _Encoder:
    """One value or several in ISO 2022, with escape sequences where there are several terms."""

    def __init__(
        self, elements: tuple[CodeElement, ...], initial: tuple[CodeElement, CodeElement | None], vr: str
    ) -> None:
        self.elements = elements
        self.initial = initial
        self.resets = _resets(vr)

    def encode(self, text: str) -> bytes:
        """The bytes.

        Raises:
            UnicodeEncodeError: a character that none of the elements holds.
        """
        out = bytearray()
        low, high = self.initial
        for position, character in enumerate(text):
            reset = character.isascii() and ord(character) in self.resets
            if reset or (character <= " " and character != "\x1b"):
                # G0 goes back where it was before a delimiter; G1 does so of itself (PS3.5 section 6.1.2.5.3).
                if low is not self.initial[0]:
                    out += self.initial[0].escape
                low = self.initial[0]
                high = self.initial[1] if reset or ord(character) in _CONTROLS else high
                out += character.encode("ascii")
                continue
            element, code = self._code(character, low, high, text, position)
            if element not in (low, high):
                out += element.escape
            low, high = (element, high) if element.register == 0 else (low, element)
            out += code
        if low is not self.initial[0]:
            out += self.initial[0].escape
        return bytes(out)

    def _code(
        self, character: str, low: CodeElement, high: CodeElement | None, text: str, position: int
    ) -> tuple[CodeElement, bytes]:
        if character != "\x1b":
            single = low if low.width == 1 else self.initial[0]
            for element in (single, high, low, *self.elements):
                code = element.encode(character) if element is not None else None
                if element is not None and code is not None and not (len(code) == 1 and code[0] in self.resets):
                    return element, code
        raise UnicodeEncodeError("iso2022", text, position, position + 1, "not in the character set")


def _resets(vr: str) -> frozenset[int]:
    """The bytes at which code extensions end."""
    if vr in UNSPLIT_VRS:
        return frozenset(_CONTROLS)
    return frozenset(_CONTROLS + (b"\\^=" if vr == "PN" else b"\\"))


def _plain(raw: bytes) -> bool:
    return raw.isascii() and b"\x1b" not in raw


def _undeclared(raw: bytes) -> str:
    """UTF-8 is hardly ever anything else; other bytes stay undecoded."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("ascii", "surrogateescape")


def _with_escapes(text: str) -> str:
    return _PLACEHOLDER.sub(lambda match: f"\\x{ord(match[0]) - 0xDC00:02x}", text)
