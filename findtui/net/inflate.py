"""Deflated identifiers, inflated within bounds (PS3.5 section A.5, RFC 1951)."""

from __future__ import annotations

import zlib
from typing import Final

from findtui.dicom.limits import LIMITS

_RAW: Final = -zlib.MAX_WBITS


class BrokenDeflate(ValueError):
    """Bytes that are no deflate stream, or that inflate to more than the limit."""


def inflate(data: bytes) -> bytes:
    """Inflate an identifier.

    A stream with a zlib header is taken too, as DCMTK takes it: some peers send one against the standard.

    Raises:
        BrokenDeflate: what is wrong, in words.
    """
    try:
        return _inflate(data, _RAW)
    except zlib.error as error:
        try:
            return _inflate(data, zlib.MAX_WBITS)
        except zlib.error:
            raise BrokenDeflate(f"the deflated bytes are broken: {error}") from None


def _inflate(data: bytes, window: int) -> bytes:
    inflater = zlib.decompressobj(window)
    limit = LIMITS.inflated_length
    inflated = inflater.decompress(data, limit + 1)
    if len(inflated) > limit:
        raise BrokenDeflate(f"the deflated bytes become more than {limit} bytes")
    if not inflater.eof:
        raise BrokenDeflate(f"the deflated bytes break off after {len(inflated)} inflated ones")
    return inflated
