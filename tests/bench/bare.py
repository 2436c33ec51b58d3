"""Make files as a query with `-X` does, of a content that is ready: what the system alone takes for them.

`python -m tests.bench.bare DIRECTORY COUNT BYTES`. Two processes share the work evenly, as nobody has anything else to
do, and as little as possible is imported.
"""

from __future__ import annotations

import os
import sys

from findtui.export.files import PRIVATE_MODE, write_file
from findtui.export.nursery import nursery_for


def main(directory: str, count: int, size: int) -> None:
    """Make the files."""
    content = bytes(size)
    nursery = nursery_for(directory)
    where = nursery.path if nursery is not None else None
    other = os.fork()
    for number in range(int(other == 0), count, 2):
        write_file(f"{directory}/rsp{number:04d}.dcm", content, PRIVATE_MODE, where)
    if not other:
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(other, 0)[1]):
        sys.exit("the second process failed")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
