"""Runs against real servers: pynetdicom's, and DCMTK's where they are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.events import Event as NetworkEvent

from findtui.dicom import transfer
from findtui.dicom.keys import Key
from findtui.dicom.models import MODELS, PATIENT_ROOT, WORKLIST, InformationModel
from findtui.dicom.query import Query
from findtui.errors import AssociationRejected, NoPresentationContext
from findtui.net.echo import echo
from findtui.net.events import Cancelling, End, Finished, Matches, Negotiated, Outcome
from findtui.net.find import find
from findtui.net.peer import Peer, Proposal
from findtui.net.probe import StepState, probe
from tests.net.asking import PATIENT
from tests.net.ports import free_port

COMMON = [model for model in MODELS.values() if model.option]
"""The models that findscu has; pynetdicom answers each."""

PATIENCE = 20.0


def answer(event: NetworkEvent) -> Iterator[tuple[int, Dataset | None]]:
    for number in range(20):
        if event.is_cancelled:
            yield 0xFE00, None
            return
        match = Dataset()
        match.PatientName = f"DOE^{number}"
        match.PatientID = str(number)
        yield 0xFF00, match


@contextmanager
def provider(*models: InformationModel, syntaxes: tuple[str, ...] = tuple(transfer.TRANSFER_SYNTAXES)) -> Iterator[int]:
    """A pynetdicom SCP; gives its port."""
    ae = AE("SCP")
    ae.require_called_aet = True
    ae.add_supported_context("1.2.840.10008.1.1")
    for model in models:
        ae.add_supported_context(model.uid, list(syntaxes))
    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, answer)])
    assert server is not None
    try:
        yield server.server_address[1]
    finally:
        # pynetdicom cannot abort an association that is ending already: its thread would die of it.
        for association in ae.active_associations:
            association.join(PATIENCE)
        ae.shutdown()
        server.server_close()


def ask(
    port: int, model: InformationModel, *, query: Query | None = None, **options: object
) -> tuple[Outcome, list[object]]:
    peer = Peer("127.0.0.1", port, called_ae_title="SCP", timeouts=PATIENT, **options)  # type: ignore[arg-type]
    events: list[object] = list(find(peer, query or Query(model, (Key.parse("PatientName"),))))
    last = events[-1]
    assert isinstance(last, Finished)
    return last.outcome, events


@pytest.mark.parametrize("model", COMMON, ids=lambda model: model.id)
def test_every_model_is_answered_by_pynetdicom(model: InformationModel) -> None:
    with provider(*COMMON) as port:
        outcome, _ = ask(port, model)
    assert (outcome.end, outcome.received, outcome.error) == (End.SUCCESS, 20, None)


@pytest.mark.parametrize("syntax", transfer.TRANSFER_SYNTAXES.values(), ids=lambda syntax: syntax.name)
def test_every_transfer_syntax_is_read(syntax: transfer.TransferSyntax) -> None:
    with provider(WORKLIST, syntaxes=(syntax.uid,)) as port:
        outcome, events = ask(port, WORKLIST, proposal=Proposal.DEFLATED)
    (negotiated,) = [event for event in events if isinstance(event, Negotiated)]
    assert negotiated.transfer_syntax is syntax
    assert outcome.received == 20
    first = next(event for event in events if isinstance(event, Matches)).responses[0]
    assert first.to_dataset().PatientName == "DOE^0"


def test_pynetdicom_takes_a_cancel() -> None:
    with provider(WORKLIST) as port:
        outcome, events = ask(port, WORKLIST, query=Query(WORKLIST, (Key.parse("PatientName"),), cancel_after=1))
    assert [type(event) for event in events].count(Cancelling) == 1
    # It may have sent the last one before it saw the cancel.
    assert outcome.end in {End.CANCELLED, End.SUCCESS}


def test_pynetdicom_rejects_a_foreign_title_and_a_foreign_model() -> None:
    with provider(WORKLIST) as port:
        outcome, _ = ask(port, PATIENT_ROOT)
        assert isinstance(outcome.error, NoPresentationContext)
        *_, last = find(Peer("127.0.0.1", port, called_ae_title="OTHER"), Query(keys=(Key.parse("PatientName"),)))
    assert isinstance(last, Finished)
    assert isinstance(last.outcome.error, AssociationRejected)
    assert "OTHER" in last.outcome.error.message


def test_echo_and_probe_of_pynetdicom() -> None:
    with provider(WORKLIST, syntaxes=(transfer.IMPLICIT_LITTLE.uid,)) as port:
        peer = Peer("127.0.0.1", port, called_ae_title="SCP", timeouts=PATIENT)
        assert echo(peer).elapsed > 0
        news = {step.name: step.state for step in probe(peer)}
    assert news["C-ECHO"] is StepState.OK
    assert news[WORKLIST.name] is StepState.OK
    assert news[PATIENT_ROOT.name] is StepState.FAILED
    assert news[transfer.IMPLICIT_LITTLE.name] is StepState.OK
    assert news[transfer.DEFLATED.name] is StepState.FAILED


EXAMPLES = Path("/usr/share/doc/dcmtk/examples/wlistdb")


@pytest.mark.interop
def test_the_worklist_server_of_dcmtk_answers(tmp_path: Path) -> None:
    program, converter = shutil.which("wlmscpfs"), shutil.which("dump2dcm")
    if program is None or converter is None or not EXAMPLES.is_dir():
        assert not os.environ.get("FINDTUI_REQUIRE_PEERS"), "DCMTK's worklist server is missing"
        pytest.skip("DCMTK's worklist server is not installed")
    database = tmp_path / "OFFIS"
    database.mkdir()
    (database / "lockfile").touch()
    for dump in (EXAMPLES / "OFFIS").glob("*.dump"):
        subprocess.run([converter, dump, database / f"{dump.stem}.wl"], check=True, capture_output=True)
    port = free_port()
    with subprocess.Popen([program, "-dfp", tmp_path, str(port)], stderr=subprocess.DEVNULL) as server:
        try:
            peer = Peer("127.0.0.1", port, called_ae_title="OFFIS", timeouts=PATIENT)
            _wait_for(port)
            *_, last = find(peer, Query(keys=(Key.parse("PatientName"), Key.parse("(0040,0100)[0].Modality"))))
            assert isinstance(last, Finished)
            assert last.outcome.end is End.SUCCESS
            assert last.outcome.received == len(list(database.glob("*.wl"))) > 0
            assert echo(peer).elapsed > 0
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "the server did not come up"
            time.sleep(0.02)
