"""Words for codes: every one of them, those of the standard and all others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pynetdicom.status import QR_FIND_SERVICE_CLASS_STATUS

from findtui.net import explain

BYTE = st.integers(0, 255)


@given(st.integers(0, 0xFFFF))
def test_every_status_has_words(code: int) -> None:
    status = explain.status(code)
    assert status.code == code
    assert status.meaning
    assert not status.meaning.endswith(".")
    assert not status.remedy.endswith(".")
    assert explain.dcmtk_status(code)


def test_the_statuses_of_the_service_class_are_known() -> None:
    for code in QR_FIND_SERVICE_CLASS_STATUS:
        assert "does not have" not in explain.status(code).meaning, f"0x{code:04X}"


@given(BYTE, BYTE, BYTE)
def test_every_rejection_has_words(result: int, source: int, reason: int) -> None:
    words = explain.rejection(result, source, reason, "US", "THEM")
    assert words.source
    assert words.reason
    assert words.remedy
    assert "Association Rejected:\nResult: Rejected " in words.dcmtk
    assert "{" not in words.reason + words.remedy


@given(BYTE, BYTE)
def test_every_abort_has_words(source: int, reason: int) -> None:
    assert explain.abort(source, reason)


@given(st.one_of(st.none(), BYTE))
def test_every_result_of_a_context_has_words(result: int | None) -> None:
    assert explain.context_result(result)
