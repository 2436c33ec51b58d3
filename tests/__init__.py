"""The tests, and what measures and torments findtui beside them."""

import os
import sys
from pathlib import Path


def _leave_out_own_programs() -> None:
    """Take the virtual environment's programs off the PATH, where an activated one puts them first.

    pynetdicom brings a findscu, an echoscu and others that are none of the peers to compare with.
    """
    if sys.prefix != sys.base_prefix:
        own = Path(sys.executable).parent
        os.environ["PATH"] = os.pathsep.join(path for path in os.get_exec_path() if Path(path) != own)


_leave_out_own_programs()
