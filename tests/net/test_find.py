"""Runs that go as they should, and the ways in which peers may differ without harm."""

from __future__ import annotations

import threading
import tracemalloc
import zlib

import pytest

from findtui.dicom import transfer
from findtui.dicom.keys import Key
from findtui.dicom.models import PATIENT_ROOT, STUDY_ROOT
from findtui.dicom.query import Query
from findtui.errors import QueryError, QueryFailed, UnreadableResponses
from findtui.net import commands
from findtui.net.events import Answered, Cancelling, Closing, End, Matches, Negotiated, QuerySent, Unreadable, Warned
from findtui.net.find import BATCH, find
from findtui.net.peer import Peer, Proposal
from tests.net import pdus
from tests.net.asking import BRIEF_GRACE, QUERY, Run, run
from tests.net.scripted import Conversation, ScriptedServer


def answering(*messages: bytes, accept: bytes | None = None) -> Run:
    """A run against a peer that answers so and ends in good order."""

    def script(peer: Conversation) -> None:
        peer.accept(accept)
        peer.read_message()
        peer.send(*messages)
        peer.end()

    return run(script)


def test_a_query_with_two_matches_tells_its_events_in_order() -> None:
    result = answering(pdus.pending(), pdus.pending(pdus.identifier("ROE^JANE")), pdus.final())
    assert result.names == ["Requesting", "Negotiated", "QuerySent", "Matches", "Answered", "Closing", "Finished"]
    assert [response.number for response in result.responses] == [1, 2]
    assert result.responses[1].identifier == pdus.identifier("ROE^JANE")
    assert result.responses[0].transfer_syntax is transfer.EXPLICIT_LITTLE
    outcome = result.outcome
    assert (outcome.end, outcome.received, outcome.status, outcome.error) == (End.SUCCESS, 2, 0, None)
    assert result.of(Answered)[0].number == 3
    assert result.kinds == [pdus.ASSOCIATE_RQ, pdus.P_DATA, pdus.P_DATA, pdus.RELEASE_RQ]


def test_nothing_is_connected_before_the_first_event_is_asked_for() -> None:
    with pytest.raises(QueryError):
        find(Peer("no.such.host.invalid", 1), Query(keys=(Key.parse("0002,0010=1"),)))
    with pytest.raises(QueryError, match="no keys"):
        find(Peer("no.such.host.invalid", 1), Query())


@pytest.mark.parametrize("proposal", list(Proposal))
def test_transfer_syntaxes_are_proposed_in_their_order(proposal: Proposal) -> None:
    requests: list[bytes] = []

    def script(peer: Conversation) -> None:
        requests.append(peer.accept(pdus.associate(contexts=[pdus.context(syntax=pdus.IMPLICIT_LITTLE)])))
        peer.read_message()
        peer.send(pdus.final())
        peer.end()

    result = run(script, proposal=proposal)
    proposed = b"".join(pdus.item(0x40, syntax.uid.encode()) for syntax in proposal.transfer_syntaxes)
    assert proposed in requests[0]
    assert requests[0].count(b"\x40\0\0") == len(proposal.transfer_syntaxes)
    assert result.of(Negotiated)[0].transfer_syntax is transfer.IMPLICIT_LITTLE
    assert result.outcome.end is End.SUCCESS


def test_the_request_carries_titles_length_and_implementation() -> None:
    requests: list[bytes] = []

    def script(peer: Conversation) -> None:
        requests.append(peer.accept())
        peer.read_message()
        peer.send(pdus.final())
        peer.end()

    run(script, calling_ae_title="US", called_ae_title="THEM", max_pdu=32768, query=Query(STUDY_ROOT, QUERY.keys))
    assert requests[0][4:36] == b"THEM".ljust(16) + b"US".ljust(16)
    assert pdus.item(0x51, b"\0\0\x80\0") in requests[0]
    assert pdus.item(0x30, STUDY_ROOT.uid.encode()) in requests[0]
    assert b"FINDTUI" in requests[0]
    assert requests[0][68:].startswith(pdus.item(0x10, pdus.APPLICATION_CONTEXT.encode()))


def test_titles_are_cut_and_odd_lengths_made_even_with_a_warning() -> None:
    def script(peer: Conversation) -> None:
        assert peer.accept(pdus.associate(user=pdus.user_information(4097)))[20:36] == b"ABCDEFGHIJKLMNOP"
        peer.read_message()
        peer.send(pdus.final())
        peer.end()

    result = run(script, calling_ae_title="ABCDEFGHIJKLMNOPQRS", max_pdu=4099)
    texts = [warning.dcmtk or warning.text for warning in result.of(Warned)]
    assert texts[0] == "ASSOC: PDV receive length 4099 is odd (using 4098)"
    assert "ABCDEFGHIJKLMNOP" in texts[1]
    assert texts[2] == "ASSOC: PDV send length 4097 is odd (using 4096)"
    assert result.of(Negotiated)[0].max_send_pdv == 4084


def test_every_identifier_is_asked_as_often_as_wanted_with_message_ids_of_its_own() -> None:
    asked: list[int] = []

    def script(peer: Conversation) -> None:
        peer.accept()
        for message_id in (1, 2, 3):
            command, _ = peer.read_message()
            asked.append(command[command.index(b"\x10\x01\x02\0\0\0") + 6])
            peer.send(pdus.pending(message_id=message_id), pdus.final(message_id=message_id))
        peer.end()

    result = run(script, query=Query(PATIENT_ROOT, QUERY.keys, repeat=3))
    assert asked == [1, 2, 3]
    assert [sent.message_id for sent in result.of(QuerySent)] == [1, 2, 3]
    # Final responses count too, as in the names of findscu's files.
    assert [response.number for response in result.responses] == [1, 3, 5]
    assert [answered.number for answered in result.of(Answered)] == [2, 4, 6]


def test_a_long_query_goes_out_in_pieces_that_the_peer_takes() -> None:
    name = "N" * 40_000

    def script(peer: Conversation) -> None:
        peer.accept(pdus.associate(user=pdus.user_information(200)))
        _, identifier = peer.read_message()
        assert name.encode() in identifier
        peer.send(pdus.final())
        peer.end()

    result = run(script, query=Query(keys=(Key.parse(f"PatientComments={name}"),)))
    assert result.outcome.end is End.SUCCESS
    assert max(len(body) for kind, body in result.received if kind == pdus.P_DATA) <= 200


def test_a_peer_may_send_commands_and_data_in_any_fragments() -> None:
    command, data = pdus.find_response(0xFF00), pdus.identifier()
    in_one_pdu = pdus.p_data(pdus.pdv(command, command=True), pdus.pdv(data, command=False))
    byte_by_byte = b"".join(
        pdus.p_data(pdus.pdv(bytes((byte,)), command=kind, last=index == len(content) - 1))
        for kind, content in ((True, command), (False, data))
        for index, byte in enumerate(content)
    )
    many_in_one_pdu = pdus.p_data(
        pdus.pdv(command[:7], command=True, last=False),
        pdus.pdv(b"", command=True, last=False),
        pdus.pdv(command[7:], command=True),
        pdus.pdv(data, command=False, last=False),
        pdus.pdv(b"", command=False),
    )
    together = pdus.p_data(
        pdus.pdv(data[9:], command=False), pdus.pdv(pdus.find_response(0xFF00), command=True)
    )  # the end of one message and the beginning of the next
    split = (
        pdus.p_data(pdus.pdv(command, command=True), pdus.pdv(data[:9], command=False, last=False))
        + together
        + pdus.p_data(pdus.pdv(data, command=False))
    )
    result = answering(in_one_pdu, byte_by_byte, many_in_one_pdu, split, pdus.final())
    assert [response.identifier for response in result.responses] == [data] * 5


def test_what_comes_in_one_go_travels_together_but_in_batches_of_bounded_size() -> None:
    count = 3 * BATCH + 7
    result = answering(pdus.pending() * count, pdus.final())
    batches = [len(event.responses) for event in result.of(Matches)]
    assert sum(batches) == count == result.outcome.received
    assert max(batches) <= BATCH


def test_a_response_is_told_before_the_peer_is_waited_for_again() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending())
        told.wait(20)
        peer.send(pdus.final())
        peer.end()

    told = threading.Event()
    result = run(script, on_event=lambda event: told.set() if isinstance(event, Matches) else None)
    assert result.outcome.end is End.SUCCESS


@pytest.mark.parametrize("wrap", ["raw", "padded", "zlib"])
def test_deflated_responses_are_inflated(wrap: str) -> None:
    data = pdus.identifier()
    compressor = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS if wrap == "zlib" else -zlib.MAX_WBITS)
    deflated = compressor.compress(data) + compressor.flush() + (b"\0" if wrap == "padded" else b"")
    queries: list[bytes] = []

    def script(peer: Conversation) -> None:
        peer.accept(pdus.associate(contexts=[pdus.context(syntax=transfer.DEFLATED.uid)]))
        queries.append(peer.read_message()[1])
        peer.send(pdus.pending(deflated), pdus.final())
        peer.end()

    result = run(script, proposal=Proposal.DEFLATED)
    assert result.responses[0].identifier == data
    assert zlib.decompress(queries[0], -zlib.MAX_WBITS).startswith(b"\x10\0\x10\0PN")


@pytest.mark.parametrize(
    "data",
    [b"\xff" * 40, pdus.identifier()[:-3], pdus.explicit(0x00100010, "PN", b"x" * 8)[:-8]],
    ids=["garbage", "cut off", "without value"],
)
def test_one_unreadable_response_does_not_cost_the_others(data: bytes) -> None:
    result = answering(pdus.pending(), pdus.pending(data), pdus.pending(), pdus.final())
    assert [response.number for response in result.responses] == [1, 3]
    assert [event.response.number for event in result.of(Unreadable)] == [2]
    assert result.of(Unreadable)[0].response.identifier == data
    assert result.outcome.end is End.SUCCESS
    assert result.outcome.unreadable == 1
    assert isinstance(result.outcome.error, UnreadableResponses)
    assert result.kinds[-1] == pdus.RELEASE_RQ


@pytest.mark.parametrize("data", [b"\x07\xff\xff", zlib.compress(b"x" * 100)[2:20], zlib.compress(bytes(1 << 26))])
def test_broken_deflate_and_bombs_are_unreadable_responses(data: bytes) -> None:
    def script(peer: Conversation) -> None:
        peer.accept(pdus.associate(contexts=[pdus.context(syntax=transfer.DEFLATED.uid)]))
        peer.read_message()
        pieces = [data[start : start + 16000] for start in range(0, len(data), 16000)]
        peer.send(pdus.p_data(pdus.pdv(pdus.find_response(0xFF00), command=True)))
        for index, piece in enumerate(pieces):
            peer.send(pdus.p_data(pdus.pdv(piece, command=False, last=index == len(pieces) - 1)))
        peer.send(pdus.final())
        peer.end()

    result = run(script, proposal=Proposal.DEFLATED)
    assert (result.outcome.end, result.outcome.received, result.outcome.unreadable) == (End.SUCCESS, 0, 1)


@pytest.mark.parametrize(
    ("status", "words", "cut_short"),
    [
        (0xA700, "out of resources", True),
        (0xA900, "does not match", False),
        (0xC123, "unable to process", False),
        (0x0122, "SOP class not supported", False),
        (0xB001, "more matches", True),
        (0xFE00, "cancel", True),
        (0x1234, "does not have", False),
        (0xFF02, "does not have", False),
    ],
)
def test_failure_statuses_are_told_in_words(status: int, words: str, cut_short: bool) -> None:
    extra = {0x00000901: b"\x10\0\x10\0", 0x00000902: b"too\x1b[2J many "}
    result = answering(pdus.pending(), pdus.final(status, extra=extra))
    outcome = result.outcome
    assert (outcome.end, outcome.received, outcome.status, outcome.cut_short) == (End.FAILED, 1, status, cut_short)
    assert isinstance(outcome.error, QueryFailed)
    assert outcome.error.exit_status == 4
    text = str(outcome.error)
    assert words in text
    assert f"0x{status:04X}" in text
    assert "too\\x1b[2J many" in text
    assert "PatientName" in text
    # As with DCMTK, a status is an answer, and the association ends in good order.
    assert result.kinds[-1] == pdus.RELEASE_RQ


def test_a_failed_query_does_not_keep_the_next_from_being_asked() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.final(0xA900))
        peer.read_message()
        peer.send(pdus.pending(message_id=2), pdus.final(message_id=2))
        peer.end()

    result = run(script, query=Query(keys=QUERY.keys, repeat=2))
    assert (result.outcome.end, result.outcome.received, result.outcome.status) == (End.FAILED, 1, 0)


def test_optional_keys_that_were_not_supported_are_counted() -> None:
    result = answering(pdus.pending(status=0xFF01), pdus.pending(), pdus.final())
    assert result.outcome.warnings == 1
    assert [response.status for response in result.responses] == [0xFF01, 0xFF00]


def test_a_data_set_with_the_final_response_is_thrown_away() -> None:
    data = pdus.p_data(pdus.pdv(pdus.identifier(), command=False))

    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.final(data=True), data)
        peer.read_message()
        peer.send(pdus.pending(message_id=2), pdus.final(message_id=2, data=True), data)
        peer.end()

    result = run(script, query=Query(keys=QUERY.keys, repeat=2))
    assert (result.outcome.end, result.outcome.received) == (End.SUCCESS, 1)
    assert "DataSetType!=NULL" in result.of(Warned)[0].dcmtk


def test_a_pending_response_that_hides_its_identifier_is_taken_with_a_warning() -> None:
    hidden = pdus.p_data(pdus.pdv(pdus.find_response(0xFF00, data=False), command=True))
    result = answering(hidden, pdus.p_data(pdus.pdv(pdus.identifier(), command=False)), pdus.final())
    assert result.outcome.received == 1
    assert "DataSetType==NULL" in result.of(Warned)[0].dcmtk


@pytest.mark.parametrize("ignored", [False, True])
def test_cancel_after_n_sends_one_cancel_and_takes_what_still_comes(ignored: bool) -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending() * 2)
        command, _ = peer.read_message()
        assert command == commands.cancel_request(1)
        peer.send(pdus.pending(), pdus.final(0 if ignored else 0xFE00))
        peer.end()

    result = run(script, query=Query(keys=QUERY.keys, cancel_after=2))
    assert [(event.message_id, event.context_id) for event in result.of(Cancelling)] == [(1, 1)]
    assert result.outcome.received == 3
    assert result.outcome.end is (End.SUCCESS if ignored else End.CANCELLED)
    assert result.outcome.error is None
    assert result.kinds[-1] == pdus.RELEASE_RQ


def test_a_peer_that_ignores_the_cancel_is_aborted_after_the_grace_time() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        while not peer.stop.is_set():
            peer.send(pdus.pending())
            peer.stop.wait(0.01)

    result = run(script, query=Query(keys=QUERY.keys, cancel_after=1), timeouts=BRIEF_GRACE)
    assert result.outcome.end is End.CANCELLED
    assert result.outcome.received >= 1
    assert result.of(Closing)[0].abort


def test_abort_ends_the_association_without_a_release() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.final())
        peer.end()

    result = run(script, abort=True)
    assert result.of(Closing) == [Closing(abort=True)]
    assert result.kinds[-1] == pdus.ABORT
    assert result.outcome.end is End.SUCCESS


def test_data_after_the_release_request_is_thrown_away_and_collisions_are_answered() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.final())
        assert peer.read_pdu()[0] == pdus.RELEASE_RQ
        peer.send(pdus.pending(), pdus.release_rq())
        assert peer.read_pdu()[0] == pdus.RELEASE_RP
        peer.send(pdus.release_rp())

    assert run(script).outcome.end is End.SUCCESS


@pytest.mark.parametrize(
    "accept",
    [
        pdus.associate(user=b""),
        pdus.associate(extra=pdus.item(0x99, b"whatever"), application=b""),
        pdus.associate(user=pdus.user_information(extra=pdus.item(0x77, b"x") + pdus.item(0x54, b"\0\0"))),
        pdus.associate(user=pdus.user_information(0)),
        pdus.associate(contexts=[pdus.context(syntax="1.2.840.10008.1.2.1\0")]),
        pdus.associate(contexts=[pdus.context(), pdus.context(99)]),
    ],
    ids=["no user information", "unknown items", "unknown sub-items", "unlimited", "padded UID", "foreign context"],
)
def test_what_the_standard_tells_to_ignore_is_ignored(accept: bytes) -> None:
    result = answering(pdus.pending(), pdus.final(), accept=accept)
    assert (result.outcome.end, result.outcome.received) == (End.SUCCESS, 1)


@pytest.mark.parametrize(("length", "count"), [(4000, 10_000), (60_000, 700), (4_000_000, 12)])
def test_memory_does_not_grow_with_the_answer(length: int, count: int) -> None:
    data = pdus.explicit(0x00104000, "UT", b"x" * length)
    pieces = [data[start : start + 16_000] for start in range(0, len(data), 16_000)]
    message = pdus.p_data(pdus.pdv(pdus.find_response(0xFF00), command=True)) + b"".join(
        pdus.p_data(pdus.pdv(piece, command=False, last=index == len(pieces) - 1)) for index, piece in enumerate(pieces)
    )

    def script(peer: Conversation) -> None:
        peer.query()
        for _ in range(count):
            peer.send(message)
        peer.send(pdus.final())
        peer.end()

    received = 0
    with ScriptedServer(script) as server:
        tracemalloc.start()
        try:
            for event in find(Peer("127.0.0.1", server.port), QUERY):
                received += len(event.responses) if isinstance(event, Matches) else 0
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert received == count
    # 40 MB and more have come; two batches, a message and what was imported on the way are allowed to stay.
    assert peak < 30 * 1024 * 1024


def test_closing_the_iterator_aborts_the_association() -> None:
    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending())
        peer.end()

    with ScriptedServer(script) as server:
        events = find(Peer("127.0.0.1", server.port), QUERY)
        assert any(isinstance(event, Matches) for event in events)
        events.close()
    assert server.received[-1][0] == pdus.ABORT
