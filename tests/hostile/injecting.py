"""Text that tries to act: on a terminal, a log, a document, a spreadsheet or a file system."""

from __future__ import annotations

import struct

from tests.hostile.identifying import ITEM, STEP_SEQUENCE, pending
from tests.net import pdus

TEXTS = {
    "C0": "".join(map(chr, range(1, 32))),
    "NUL": "a\0b",
    "DEL and C1": "".join(map(chr, range(0x7F, 0xA0))),
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "C1 clipboard": "\x9d52;c;ZXZpbA==\x9c",
    "colours": "\x1b[31;5mred\x1b[2J\x1b[H\x1b[?1049h",
    "C1 colours": "\x9b31mred",
    "device query": "\x1b[6n\x1bP$q\x1b\\",
    "right to left": "\u202etxt.exe\u202c\u2066x\u2069\u061c",
    "zero width": "a\u200bb\u200dc\ufeffd\u2060e\u00adf",
    "tags": "a\U000e0041\U000e007fb",
    "line separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "forged line": "x\nI: Find Response: 99 (Pending)\nE: all is lost",
    "forged line with CR": "x\rI: Find Response: 99 (Pending)\r",
    "closing markup": "[/b] x",
    "task markup": "[TODO]",
    "link markup": "[link=http://evil.example]x[/link]",
    "action markup": "[@click=app.quit]x[/]",
    "end of CDATA": "]]>",
    "entities": '&amp;&lt;<a href="x">\'</element></data-set><!-- --> &#27; &bad;',
    "comment end": "--> <x/> ---",
    "noncharacters": "\ufffe\uffff\U0001fffe",
    "formula": "=cmd|'/C calc'!A0",
    "at formula": '@SUM(1+1)*cmd|"x"',
    "plus formula": "+1-2",
    "tab formula": "\t=1+1",
    "path": "../../../etc/passwd",
    "absolute path": "/etc/passwd",
    "cells": 'a,"b";c\td',
    "JSON": '"},{"00100010":{"vr":"PN"}}',
    "percent": "%s%n%x{}{0}${jndi:ldap://x}",
    "long": "W" * 9000,
}
ENCODED = {
    "a surrogate in UTF-8": ("ISO_IR 192", b"\xed\xa0\x80\xed\xb0\x80"),
    "overlong UTF-8": ("ISO_IR 192", b"\xc0\x9b\xc1\x9b[31m\xe0\x80\x9b"),
    "bytes that are no UTF-8": ("ISO_IR 192", b"\xff\xfe\x9b31m\xc3"),
    "a surrogate in GB18030": ("GB18030", bytes.fromhex("8336c739 8336c830")),
    "C1 in GB18030": ("GB18030", bytes.fromhex("81308433 81308435")),
    "C1 in Latin-1": ("ISO_IR 100", b"\x9b31m\x9d52;c;eA==\x9c"),
    "ISO 2022 that never ends": ("\\ISO 2022 IR 87", b"\x1b$B;3ED\x1b]0;x"),
    "escapes that are none": ("\\ISO 2022 IR 87", b"\x1b[31m\x1b$)C\x1b(Z"),
    "Shift JIS halves": ("ISO 2022 IR 13", b"\x80\x9b\xff\xfe"),
}


def identifier(character_set: str, value: bytes) -> bytes:
    """This value wherever a peer could put it, in and out of a sequence."""
    value += b" " * (len(value) % 2)
    short = value[:60] + b" " * (len(value[:60]) % 2)
    declared = character_set.encode() + b" " * (len(character_set) % 2)
    item = pdus.explicit(0x00080060, "CS", short) + pdus.explicit(0x00400007, "LO", value)
    return b"".join(
        (
            pdus.explicit(0x00080005, "CS", declared),
            pdus.explicit(0x00080016, "UI", short),
            pdus.explicit(0x00080020, "DA", short),
            pdus.explicit(0x00080054, "AE", short),
            pdus.explicit(0x00081190, "UR", value),
            pdus.explicit(0x00090010, "LO", short),
            pdus.explicit(0x00091001, "LT", value),
            pdus.explicit(0x00091002, "UN", value),
            pdus.explicit(0x00100010, "PN", value),
            pdus.explicit(0x00100020, "LO", value),
            pdus.explicit(0x00101030, "DS", short),
            pdus.explicit(0x00104000, "LT", value),
            pdus.explicit(0x00200013, "IS", short),
            STEP_SEQUENCE + b"SQ\0\0" + struct.pack("<L", len(item) + 8) + ITEM + struct.pack("<L", len(item)) + item,
            pdus.explicit(0x00404037, "PN", value),
        )
    )


IDENTIFIERS = {name: identifier("ISO_IR 192", text.encode("utf-8")) for name, text in TEXTS.items()} | {
    name: identifier(character_set, value) for name, (character_set, value) in ENCODED.items()
}
RESPONSES = [pending(data) for data in IDENTIFIERS.values()]
DECLARED = [
    pdus.explicit(0x00080005, "CS", text.encode()[:64] + b" " * (len(text.encode()[:64]) % 2))
    for text in TEXTS.values()
]
"""The same texts as Specific Character Sets."""


def acting(text: str, *, allowed: str = "\n") -> list[str]:
    """The characters of a text that act on a terminal or hide in a line."""
    import unicodedata

    return sorted(
        {
            f"U+{ord(character):04X}"
            for character in text
            if character not in allowed and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        }
    )
