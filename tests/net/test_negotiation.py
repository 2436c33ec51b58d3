"""A-ASSOCIATE out and in, with pynetdicom behind a screen."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.net.contexts import Proposed
from findtui.net.faults import Malformed
from findtui.net.negotiation import decode_accept, encode_request
from findtui.net.screening import screen
from tests.net import pdus

CONTEXTS = (
    Proposed(1, pdus.WORKLIST, (pdus.EXPLICIT_LITTLE, pdus.IMPLICIT_LITTLE)),
    Proposed(3, "1.2.840.10008.1.1", (pdus.IMPLICIT_LITTLE,)),
)


def test_the_request_is_what_the_standard_lays_out() -> None:
    request = encode_request("US", "THEM", 16384, CONTEXTS)
    body = request[6:]
    assert request[:6] == pdus.pdu(pdus.ASSOCIATE_RQ, body)[:6]
    assert body[:4] == b"\0\1\0\0"
    assert body[4:36] == b"THEM".ljust(16) + b"US".ljust(16)
    syntaxes = pdus.item(0x40, pdus.EXPLICIT_LITTLE.encode()) + pdus.item(0x40, pdus.IMPLICIT_LITTLE.encode())
    assert pdus.item(0x20, b"\1\0\0\0" + pdus.item(0x30, pdus.WORKLIST.encode()) + syntaxes) in body
    # Like DCMTK: length, implementation class and version, no extended negotiation.
    user = body[body.index(b"\x50\0", 68) :]
    assert [user[offset] for offset in (4, 12)] == [0x51, 0x52]
    assert b"\x55\0" in user


def test_results_come_in_the_order_of_the_proposal() -> None:
    answer = pdus.associate(contexts=[pdus.context(3, 4), pdus.context(1, 0, pdus.IMPLICIT_LITTLE)])
    accepted = decode_accept(answer[6:], CONTEXTS)
    assert [(result.result, result.transfer_syntax) for result in accepted.results] == [
        (0, pdus.IMPLICIT_LITTLE),
        (4, None),
    ]
    assert (accepted.max_pdu, accepted.implementation_class_uid) == (16384, "1.2.3.4")
    assert accepted.implementation_version_name == "SCRIPTED"


def test_control_characters_of_the_peers_name_do_not_get_through() -> None:
    answer = pdus.associate(user=pdus.item(0x50, pdus.item(0x55, b"\x1b[2J\xff evil") + pdus.item(0x52, b"no UID")))
    accepted = decode_accept(answer[6:], CONTEXTS)
    assert accepted.implementation_version_name == "?[2J? evil"
    assert accepted.implementation_class_uid == ""


def test_foreign_contexts_leave_a_few_remarks_however_many_they_are() -> None:
    accepted = decode_accept(pdus.associate(contexts=[pdus.context(99)] * 1000)[6:], CONTEXTS)
    assert 1 <= len(accepted.remarks) <= 3
    assert all(result.result is None for result in accepted.results)


@given(st.binary(max_size=200))
def test_whatever_follows_the_fixed_fields_only_malformed_is_raised(items: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert decode_accept(pdus.associate()[6:74] + items, CONTEXTS).results[0].context == CONTEXTS[0]


ITEMS: st.SearchStrategy[bytes] = st.deferred(
    lambda: st.builds(
        pdus.item,
        st.sampled_from([0x10, 0x20, 0x21, 0x30, 0x40, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x58, 0x59, 0x99]),
        st.one_of(
            st.binary(max_size=20),
            st.just(pdus.EXPLICIT_LITTLE.encode()),
            st.tuples(st.sampled_from([b"\1\0\0\0", b"\3\0\4\0", b"\2\0\0\0", b""]), st.lists(ITEMS, max_size=3)).map(
                lambda pair: pair[0] + b"".join(pair[1])
            ),
        ),
    )
)


@given(st.lists(ITEMS, max_size=5))
def test_well_formed_items_of_any_kind_are_read_or_refused_by_name(items: list[bytes]) -> None:
    body = pdus.associate()[6:74] + b"".join(items)
    try:
        screened = screen(body, {context.id: context.transfer_syntaxes for context in CONTEXTS})
    except Malformed:
        return
    accepted = decode_accept(body, CONTEXTS)
    assert [result.context for result in accepted.results] == list(CONTEXTS)
    assert screened.pdu[:1] == b"\2"
    for result in accepted.results:
        assert result.transfer_syntax is None or result.transfer_syntax in result.context.transfer_syntaxes


def test_an_answer_that_pynetdicom_cannot_read_is_the_peers_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("whatever")

    monkeypatch.setattr("pynetdicom.pdu.A_ASSOCIATE_AC.decode", fail)
    with pytest.raises(Malformed, match="KeyError"):
        decode_accept(pdus.associate()[6:], CONTEXTS)
