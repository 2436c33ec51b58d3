"""`findtui demo --print`: start the demo server, ask it today's worklist, print what it says."""

from __future__ import annotations

from typing import Final

from findtui.cli.findscu import main as findscu

_KEYS: Final = (
    "PatientName",
    "PatientID",
    "AccessionNumber",
    "ScheduledProcedureStepSequence[0].Modality",
    "ScheduledProcedureStepSequence[0].ScheduledStationAETitle",
    "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartTime",
    "ScheduledProcedureStepSequence[0].ScheduledProcedureStepDescription",
)


def ask() -> int:
    """Print the worklist of today and return the exit status of the query."""
    from datetime import UTC, datetime

    from findtui.demo.server import DemoServer

    today = datetime.now(UTC).astimezone().strftime("%Y%m%d")
    words = ["-W", "-k", f"ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate={today}"]
    for key in _KEYS:
        words += ["-k", key]
    with DemoServer() as server:
        return findscu([*words, server.host, str(server.port)])
