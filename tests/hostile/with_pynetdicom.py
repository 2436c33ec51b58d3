"""pynetdicom's findscu with the worklist as its only presentation context, which is the one that the peers answer.

The program itself proposes fourteen at once. The rest is as there: its time-outs, its loop, its exit status.

`python -m tests.hostile.with_pynetdicom host port`
"""

from __future__ import annotations

import sys

from pydicom import Dataset
from pydicom.uid import UID
from pynetdicom import AE

from tests.net.pdus import WORKLIST

SECONDS = 2


def main(host: str, port: int) -> int:
    """Ask, print a line for each response, and return pynetdicom's exit status."""
    identifier = Dataset()
    identifier.PatientName = ""
    ae = AE("FINDSCU")
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = SECONDS
    ae.add_requested_context(WORKLIST)
    association = ae.associate(host, port, ae_title="ANY-SCP")
    if not association.is_established:
        return 1
    number = 0
    for status, _ in association.send_c_find(identifier, UID(WORKLIST)):
        if "Status" in status and status.Status in (0xFF00, 0xFF01):
            number += 1
            sys.stdout.write(f"Find Response: {number} (Pending)\n")
            sys.stdout.flush()
    association.release()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
