"""Runs Debian's findscu on given answers, to have its files."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from findtui.dicom import encoder
from findtui.dicom.response import Response
from findtui.dicom.transfer import TransferSyntax
from tests.export.answering import AnsweringServer


def extract(directory: Path, responses: Sequence[Response], syntax: TransferSyntax, *options: str) -> str:
    """Let findscu write the responses into the directory; returns what it printed."""
    identifiers = [response.identifier for response in responses]
    sent = [encoder.deflate(each) for each in identifiers] if syntax.deflated else identifiers
    with AnsweringServer(sent, syntax) as server:
        run = subprocess.run(
            ["findscu", "-W", "-k", "PatientName", "-od", str(directory), *options, "127.0.0.1", str(server.port)],
            capture_output=True,
            timeout=30,
            check=True,
        )
    return (run.stdout + run.stderr).decode("latin-1")
