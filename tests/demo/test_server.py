"""The demo server as a peer sees it."""

from __future__ import annotations

import socket
import struct
import threading
from typing import Any

import pytest
from pydicom.tag import Tag

from findtui.demo.archive import LEVELS
from findtui.demo.behaviour import REJECTIONS, Behaviour
from findtui.demo.hospital import Hospital
from findtui.demo.listener import Listener
from findtui.demo.people import PEOPLE
from findtui.demo.server import ALL_MODELS
from findtui.dicom.models import PATIENT_ROOT, PATIENT_STUDY_ONLY, STUDY_ROOT, WORKLIST, InformationModel
from findtui.dicom.transfer import TRANSFER_SYNTAXES
from tests.demo.client import ask, associated, find, identifier_of
from tests.demo.conftest import TODAY, StartServer
from tests.demo.raw_peer import RawPeer

STEP = "ScheduledProcedureStepSequence"
DAY = f"{TODAY:%Y%m%d}"


def _step(**keys: object) -> dict[str, object]:
    return {"AccessionNumber": "", STEP: keys}


def test_c_echo(start: StartServer) -> None:
    from pynetdicom import AE

    server = start()
    ae = AE()
    ae.add_requested_context("1.2.840.10008.1.1")
    association = ae.associate(server.host, server.port)
    try:
        assert association.send_c_echo().Status == 0
    finally:
        association.release()


def test_today_is_spread_over_rooms_and_modalities(start: StartServer) -> None:
    keys = _step(
        ScheduledProcedureStepStartDate=DAY, Modality="", ScheduledStationAETitle="", ScheduledProcedureStepStatus=""
    )
    answer = find(start(), WORKLIST, keys)
    steps = [match[STEP][0] for match in answer.matches]
    assert answer.final.Status == 0
    assert 40 <= len(steps) <= 80
    assert {step.ScheduledProcedureStepStartDate for step in steps} == {DAY}
    assert len({step.Modality for step in steps}) >= 7
    assert len({step.ScheduledStationAETitle for step in steps}) >= 9
    assert len({step.ScheduledProcedureStepStatus for step in steps}) >= 3
    accession_numbers = [match.AccessionNumber for match in answer.matches]
    assert len(set(accession_numbers)) == len(accession_numbers)


def test_the_hospital_is_the_same_on_every_run_of_a_day() -> None:
    assert Hospital(TODAY).worklist.items == Hospital(TODAY).worklist.items
    assert [node.attributes for node in Hospital(TODAY).archive] == [
        node.attributes for node in Hospital(TODAY).archive
    ]


def test_only_what_was_asked_for_comes_back(start: StartServer) -> None:
    answer = find(start(), WORKLIST, {"PatientID": "", STEP: {"Modality": "MG"}})
    assert answer.matches
    for match in answer.matches:
        assert [element.keyword for element in match] == ["PatientID", STEP]
        assert [element.keyword for element in match[STEP][0]] == ["Modality"]


def test_a_sequence_without_items_comes_back_whole(start: StartServer) -> None:
    answer = find(start(), WORKLIST, {"AccessionNumber": "ACC000001", STEP: []})
    assert len(answer.matches[0][STEP][0]) > 10


def test_private_keys_are_told_to_be_unsupported(start: StartServer) -> None:
    request = identifier_of({"PatientName": "Smith*"})
    request.private_block(0x0099, "MADE UP", create=True).add_new(1, "LO", "")
    with associated(server := start(), WORKLIST) as association:
        assert server.port
        answer = ask(association, WORKLIST, request)
    assert answer.matches
    assert set(answer.statuses) == {0xFF01}
    assert all(not match.group_dataset(0x0099) for match in answer.matches)


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES.values(), ids=lambda syntax: syntax.dcmtk_name)
def test_every_script_arrives_with_its_declared_character_set(start: StartServer, syntax: object) -> None:
    uid = getattr(syntax, "uid")  # noqa: B009
    answer = find(
        start(),
        PATIENT_ROOT,
        {"QueryRetrieveLevel": "PATIENT", "PatientName": "", "PatientID": ""},
        transfer_syntax=uid,
    )
    names = {match.PatientID: match for match in answer.matches}
    assert len(names) == len(PEOPLE)
    for person in PEOPLE:
        match = names[person.patient_id]
        declared = match.get("SpecificCharacterSet", [])
        assert [declared] if isinstance(declared, str) else list(declared) == list(person.character_set)
        assert str(match.PatientName) == person.name


@pytest.mark.parametrize("character_set", ["ISO_IR 192", "ISO_IR 100"])
def test_a_key_matches_whatever_its_character_set(start: StartServer, character_set: str) -> None:
    keys = {"SpecificCharacterSet": character_set, "QueryRetrieveLevel": "PATIENT", "PatientName": "MÜLLER*"}
    answer = find(start(), PATIENT_ROOT, keys)
    assert [str(match.PatientName) for match in answer.matches] == ["Müller^Jörg"]


def test_date_and_time_of_a_step_are_one_moment(start: StartServer) -> None:
    wanted = _step(
        ScheduledProcedureStepStartDate=f"{DAY}-{int(DAY) + 1}",
        ScheduledProcedureStepStartTime="1600-0800",
        Modality="",
    )
    answer = find(start(), WORKLIST, wanted)
    moments = [
        (match[STEP][0].ScheduledProcedureStepStartDate, match[STEP][0].ScheduledProcedureStepStartTime)
        for match in answer.matches
    ]
    assert moments
    assert all((DAY, "160000") <= moment <= (f"{int(DAY) + 1}", "080059") for moment in moments)


@pytest.mark.parametrize(
    ("model", "levels"),
    [(PATIENT_ROOT, LEVELS), (STUDY_ROOT, LEVELS[1:]), (PATIENT_STUDY_ONLY, LEVELS[:2])],
    ids=["patient", "study", "psonly"],
)
def test_each_model_goes_down_level_by_level(
    start: StartServer, model: InformationModel, levels: tuple[str, ...]
) -> None:
    unique = dict(zip(LEVELS, ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"), strict=True))
    server = start()
    found: dict[str, object] = {}
    for level in levels:
        keyword = unique[level]
        answer = find(server, model, {"QueryRetrieveLevel": level, **found, keyword: ""})
        assert answer.final.Status == 0
        assert answer.matches
        for match in answer.matches:
            assert match.QueryRetrieveLevel == level
            assert match.RetrieveAETitle == "DEMO"
            assert all(match[name].value == value for name, value in found.items())
        found[keyword] = answer.matches[0][keyword].value


def test_numbers_of_related_records_are_true(start: StartServer) -> None:
    server = start()
    study = find(
        server,
        STUDY_ROOT,
        {
            "QueryRetrieveLevel": "STUDY",
            "ModalitiesInStudy": "SR",
            "StudyInstanceUID": "",
            "NumberOfStudyRelatedSeries": "",
            "NumberOfStudyRelatedInstances": "",
        },
    ).matches[0]
    assert "SR" in study.ModalitiesInStudy
    keys = {"StudyInstanceUID": study.StudyInstanceUID, "SeriesInstanceUID": "", "NumberOfSeriesRelatedInstances": ""}
    series = find(server, STUDY_ROOT, {"QueryRetrieveLevel": "SERIES", **keys}).matches
    assert len(series) == study.NumberOfStudyRelatedSeries
    assert sum(one.NumberOfSeriesRelatedInstances for one in series) == study.NumberOfStudyRelatedInstances
    images = find(
        server,
        STUDY_ROOT,
        {
            "QueryRetrieveLevel": "IMAGE",
            "StudyInstanceUID": study.StudyInstanceUID,
            "SeriesInstanceUID": series[0].SeriesInstanceUID,
            "SOPInstanceUID": "",
            "InstanceNumber": "",
        },
    ).matches
    assert len({image.SOPInstanceUID for image in images}) == series[0].NumberOfSeriesRelatedInstances


@pytest.mark.parametrize(
    ("keys", "offending"),
    [
        ({"PatientID": "x"}, "QueryRetrieveLevel"),
        ({"QueryRetrieveLevel": "INSTANCE"}, "QueryRetrieveLevel"),
        ({"QueryRetrieveLevel": "SERIES"}, "StudyInstanceUID"),
        ({"QueryRetrieveLevel": "SERIES", "StudyInstanceUID": ["1.2", "1.3"]}, "StudyInstanceUID"),
        ({"QueryRetrieveLevel": "IMAGE", "StudyInstanceUID": "1.2"}, "SeriesInstanceUID"),
    ],
)
def test_a_question_against_the_model_is_refused_and_explained(
    start: StartServer, keys: dict[str, object], offending: str
) -> None:
    final = find(start(), STUDY_ROOT, keys).final
    assert final.Status == 0xA900
    assert final.ErrorComment
    assert final.OffendingElement == Tag(offending)


def test_a_malformed_date_is_refused_and_explained(start: StartServer) -> None:
    from pydicom import DataElement, config

    request = identifier_of({"QueryRetrieveLevel": "STUDY"})
    request.add(DataElement("StudyDate", "DA", "today", validation_mode=config.IGNORE))
    with associated(start(), STUDY_ROOT) as association:
        final = ask(association, STUDY_ROOT, request).final
    assert final.Status == 0xA900
    assert "StudyDate" in final.ErrorComment


def test_relational_queries_need_no_keys_from_above_where_negotiated(start: StartServer) -> None:
    keys = {"QueryRetrieveLevel": "SERIES", "Modality": "MG", "SeriesInstanceUID": ""}
    answer = find(start(), STUDY_ROOT, keys, extended=b"\x01\x00")
    assert answer.final.Status == 0
    assert {match.Modality for match in answer.matches} == {"MG"}


def test_the_worklist_changes_while_the_server_runs(start: StartServer) -> None:
    hospital = Hospital(TODAY)
    server = start(hospital=hospital)
    keys = _step(ScheduledProcedureStepStatus="")

    def listed() -> dict[str, str]:
        answer = find(server, WORKLIST, keys)
        return {match.AccessionNumber: match[STEP][0].ScheduledProcedureStepStatus for match in answer.matches}

    before = listed()
    added = hospital.worklist.add_order().AccessionNumber
    assert listed() == {**before, added: "SCHEDULED"}
    hospital.worklist.change(added, ScheduledProcedureStepStatus="ARRIVED")
    assert listed() == {**before, added: "ARRIVED"}
    hospital.worklist.remove(added)
    assert listed() == before
    with pytest.raises(KeyError):
        hospital.worklist.remove(added)


def test_a_live_hospital_brings_new_orders_by_itself(start: StartServer) -> None:
    happened = threading.Event()
    hospital = Hospital(TODAY)
    before = len(hospital.worklist.items)
    start(hospital=hospital, happenings_every=0.001, log=lambda line: happened.set() if "done" in line else None)
    assert happened.wait(30)
    assert {item.AccessionNumber for item in hospital.worklist.items} - {
        item.AccessionNumber for item in Hospital(TODAY).worklist.items
    }
    assert len(hospital.worklist.items) >= before


def test_large(start: StartServer) -> None:
    answer = find(start(behaviour=Behaviour(large=2500)), WORKLIST, {"PatientName": "", "AccessionNumber": ""})
    assert answer.final.Status == 0
    assert len({match.AccessionNumber for match in answer.matches}) == 2500
    assert len({str(match.PatientName) for match in answer.matches}) > 20


def test_large_without_a_match_is_empty(start: StartServer) -> None:
    assert not find(start(behaviour=Behaviour(large=10)), WORKLIST, {"PatientName": "Nobody"}).matches


@pytest.mark.parametrize(("limit", "status"), [(3, 0xA700), (100, 0)])
def test_limited(start: StartServer, limit: int, status: int) -> None:
    server = start(behaviour=Behaviour(limit=limit))
    answer = find(server, PATIENT_ROOT, {"QueryRetrieveLevel": "PATIENT", "PatientID": ""})
    assert answer.final.Status == status
    assert len(answer.matches) == min(limit, len(PEOPLE))


@pytest.mark.parametrize("failure", [0xA700, 0xA900, 0xC001, 0x0122])
def test_failing(start: StartServer, failure: int) -> None:
    answer = find(start(behaviour=Behaviour(failure=failure)), WORKLIST, {"PatientName": ""})
    assert (answer.final.Status, answer.matches) == (failure, [])


def test_slow_and_cancelled(start: StartServer) -> None:
    server = start(behaviour=Behaviour(large=10_000, delay=0.05))
    with associated(server, WORKLIST) as association:
        statuses = []
        for status, _ in association.send_c_find(identifier_of({"PatientName": ""}), WORKLIST.uid, msg_id=7):
            statuses.append(status.Status)
            if len(statuses) == 2:
                association.send_c_cancel(7, query_model=WORKLIST.uid)
    assert statuses[-1] == 0xFE00
    assert len(statuses) < 10_000


def test_a_large_answer_is_cancelled_in_the_middle(start: StartServer) -> None:
    # Large responses, so that few of them fit into the buffers between the two.
    request = identifier_of({"PatientName": "", "AccessionNumber": "", STEP: []})
    server = start(behaviour=Behaviour(large=1_000_000))
    with associated(server, WORKLIST) as association:
        final = 0
        for count, (status, _) in enumerate(association.send_c_find(request, WORKLIST.uid, msg_id=3), start=1):
            final = status.Status
            if count == 1:
                association.send_c_cancel(3, query_model=WORKLIST.uid)
    assert final == 0xFE00


def test_abort_after(start: StartServer) -> None:
    server = start(behaviour=Behaviour(abort_after=2))
    with associated(server, WORKLIST) as association:
        answer = ask(association, WORKLIST, identifier_of({"PatientName": ""}))
        association.join(30)
        assert association.is_aborted
    assert len(answer.matches) <= 2
    assert "Status" not in answer.final


def test_silent_ends_with_the_server(start: StartServer) -> None:
    asked = threading.Event()
    server = start(behaviour=Behaviour(silent=True), log=lambda line: asked.set() if "no answer" in line else None)
    with associated(server, WORKLIST) as association:
        responses = association.send_c_find(identifier_of({"PatientName": ""}), WORKLIST.uid)
        assert asked.wait(30)
        server.stop()
        assert [status for status, _ in responses if "Status" in status] == []


@pytest.mark.parametrize("name", REJECTIONS)
def test_reject(start: StartServer, name: str) -> None:
    with associated(start(behaviour=Behaviour(rejection=name)), WORKLIST) as association:
        assert association.is_rejected
        answer = association.acceptor.primitive
        assert answer is not None
        assert (answer.result, answer.result_source, answer.diagnostic) == REJECTIONS[name]


def test_a_model_that_is_not_spoken_gets_no_context(start: StartServer) -> None:
    server = start(models=[WORKLIST])
    with associated(server, STUDY_ROOT) as association:
        assert not association.is_established
    for model in ALL_MODELS:
        with associated(start(), model) as association:
            assert association.is_established


@pytest.mark.parametrize("max_pdu", [0, 128, 4096])
def test_pdus_fit_what_the_peer_takes(start: StartServer, max_pdu: int) -> None:
    lengths = []
    with associated(start(), WORKLIST, max_pdu=max_pdu) as association:
        from pynetdicom import evt

        association.bind(evt.EVT_PDU_RECV, lambda event: lengths.append(event.pdu.pdu_length))
        answer = ask(association, WORKLIST, identifier_of({"PatientName": "", STEP: []}))
    assert answer.final.Status == 0
    assert answer.matches
    assert max(lengths) <= (max_pdu or 1 << 20)


def test_the_peers_first_transfer_syntax_is_taken(start: StartServer) -> None:
    from pynetdicom import AE

    server = start()
    for first in TRANSFER_SYNTAXES:
        ae = AE()
        ae.add_requested_context(WORKLIST.uid, [first, *(uid for uid in TRANSFER_SYNTAXES if uid != first)])
        association = ae.associate(server.host, server.port)
        assert [str(context.transfer_syntax[0]) for context in association.accepted_contexts] == [first]
        association.release()
        association.join(10)


def test_stopping_frees_the_port_and_every_thread(start: StartServer) -> None:
    server = start()
    port = server.port
    with socket.create_connection((server.host, port)), associated(server, WORKLIST) as association:
        assert association.is_established
        server.stop()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind((server.host, port))
    assert not [thread.name for thread in threading.enumerate() if thread.name == "demo SCP"]


def test_a_connection_taken_just_before_the_end_is_closed(start: StartServer, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted, stopped = threading.Event(), threading.Event()
    hand_over = Listener.finish_request

    def late(self: Listener, request: Any, client_address: Any) -> None:
        accepted.set()
        assert stopped.wait(30)
        hand_over(self, request, client_address)

    monkeypatch.setattr(Listener, "finish_request", late)
    server = start()
    with socket.create_connection((server.host, server.port), 30) as connection:
        assert accepted.wait(30)
        server.stop()
        stopped.set()
        assert connection.recv(1) == b""


NOT_A_COMMAND = struct.pack(">BxLLBB", 4, 14, 10, 1, 0x03) + struct.pack("<HHL", 0x0008, 0x0005, 0)
"""P-DATA-TF with a command set in which there is no command."""


def test_a_peer_that_talks_nonsense_is_aborted_and_nobody_else(start: StartServer) -> None:
    server = start()
    with RawPeer(server.port, WORKLIST.uid) as peer:
        peer.send(NOT_A_COMMAND)
        assert peer.rest()[:1] == b"\x07"
    assert find(server, WORKLIST, _step(ScheduledProcedureStepStartDate=DAY)).final.Status == 0


@pytest.mark.parametrize("sent", [b"", bytes((9, 0, 0, 0, 0, 4, 0, 0, 0, 0))], ids=["nothing", "an unknown PDU"])
def test_a_peer_that_leaves_without_having_asked_is_not_waited_for(start: StartServer, sent: bytes) -> None:
    before = set(threading.enumerate())
    server = start()
    for _ in range(3):
        with socket.create_connection((server.host, server.port), 30) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(64):
                continue
    for thread in set(threading.enumerate()) - before:
        if thread.name != "demo SCP":
            thread.join(15)
            assert not thread.is_alive()
