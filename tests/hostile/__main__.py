"""Writes docs/reliability.md: what findtui, DCMTK's findscu and pynetdicom's do with each misbehaving peer.

`python -m tests.hostile docs/reliability.md`
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.hostile import encrypting
from tests.hostile.behaviour import Behaviour
from tests.hostile.catalogue import BEHAVIOURS
from tests.hostile.headless import FINDTUI, QUESTION, Result, run

PYNETDICOM = (sys.executable, "-m", "tests.hostile.with_pynetdicom")
PATIENCE = 15.0
"""Seconds after which a program that goes on is killed; all time-outs together are far below."""
EXTENSIONS = ("--total-timeout", "--pin-fingerprint")

HEAD = """# Reliability: peers that misbehave

Each line is a peer that behaves so, asked with time-outs of 2 seconds by three programs. Made by
`python -m tests.hostile`, which anyone can run; the same peers are run against findtui by `make test`.

- *status*: the exit status. For findtui 0 is success, 2 the association or network failed, 4 the peer answered with a
  failure or some responses were unreadable. DCMTK's and pynetdicom's findscu give 0 for many failures.
- *shown*: pending responses that were printed. Where a peer never stops answering, that is a matter of speed.
- **never ends**: the program had to be killed after {patience:.0f} seconds; **crash**: it printed a
  traceback; memory is given where it went beyond 150 MiB.
- Peers that never stop were asked by findtui with `--total-timeout`, which the other programs do not have.
- *pynetdicom* is its findscu with the worklist as the only model proposed (`tests/hostile/with_pynetdicom.py`); *no
  TLS*: it has no option for that.
- The battery is of {count} peers. What else is held in `tests/hostile`: interrupts in every place of a conversation,
  kill -9 and full disks while files are written, text that tries to act on a terminal, a document or a spreadsheet,
  and every character set of the standard in every kind of output.
- Each peer is asked by headless findtui, by the engine alone and by the application, which must say the same in its
  state line, keep the same responses and hold its memory; it keeps at most 160 MiB of responses of one run, and says
  so when a peer sends more.
- `make soak` asks peers that misbehave in turn with good ones, and nothing may grow. With SOAK_SECONDS=240, from the
  warm-up to the end: engine, 14,115 queries, 114.1 to 116.5 MiB; headless with files, 1,508 queries, 116.6 to
  117.5 MiB; the application asking again and again, 1,125 queries, 130.8 to 133.9 MiB; threads and open files unchanged
  in all three.

"""


def cell(result: Result) -> str:
    """What became of a run, in a few words."""
    words = ["**never ends**" if result.status == -9 else str(result.status)]
    if result.shown:
        words.append(f"{result.shown} shown")
    if "Traceback" in result.text:
        words.append("**crash**")
    if result.peak_mib > 150:
        words.append(f"{result.peak_mib:.0f} MiB")
    return ", ".join(words)


def without_extensions(behaviour: Behaviour) -> Behaviour:
    """The behaviour with arguments that other programs know."""
    arguments = list(behaviour.arguments)
    for name in EXTENSIONS:
        if name in arguments:
            index = arguments.index(name)
            del arguments[index : index + 2]
    return Behaviour(behaviour.phase, behaviour.name, behaviour.script, behaviour.statuses, 0, (), tuple(arguments))


def row(behaviour: Behaviour) -> str:
    """One line of the table."""
    others = without_extensions(behaviour)
    dcmtk = shutil.which(os.environ.get("FINDTUI_REFERENCE_FINDSCU", "findscu"))
    cells = [cell(run(behaviour, FINDTUI))]
    cells.append(cell(run(others, (dcmtk,), QUESTION, may_stay=True, patience=PATIENCE)) if dcmtk else "not installed")
    if behaviour.phase == encrypting.PHASE:
        cells.append("no TLS")
    else:
        bare = Behaviour(behaviour.phase, behaviour.name, behaviour.script, behaviour.statuses, 0, (), ())
        cells.append(cell(run(bare, PYNETDICOM, (), may_stay=True, patience=PATIENCE)))
    return f"| {behaviour.name} | " + " | ".join(cells) + " |"


def main() -> None:
    """Run all of it, a few at a time, and write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("file", type=Path, help="where the table goes, such as docs/reliability.md")
    file: Path = parser.parse_args().file
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(row, BEHAVIOURS))
    text = HEAD.format(patience=PATIENCE, count=len(BEHAVIOURS))
    for phase in dict.fromkeys(behaviour.phase for behaviour in BEHAVIOURS):
        text += f"## {phase.capitalize()}\n\n| the peer | findtui | DCMTK | pynetdicom |\n| --- | --- | --- | --- |\n"
        text += "".join(
            f"{line}\n" for behaviour, line in zip(BEHAVIOURS, rows, strict=True) if behaviour.phase == phase
        )
        text += "\n"
    file.write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
