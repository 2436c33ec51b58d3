"""The tables of the terminal application: its first paint, an answer that streams in, and 100,000 responses at hand."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.programs import ENVIRONMENT, FINDTUI, MODES, in_turn, query
from tests.bench.server import drain

STREAMED = 50_000
HELD = 100_000
PATIENCE = 300


def application(port: int, rounds: int, dcmtk: str | None, scratch: Path) -> Iterator[str]:
    """Loop lag, milliseconds of a key press, and memory of the application."""
    yield "| the application | measured | target |"
    yield "| --- | ---: | ---: |"
    yield from _paint(port, max(rounds, 5))
    yield from _stream(port, rounds, scratch)
    yield from _grid(port, rounds)


def _watched(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.watched", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, env=ENVIRONMENT
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}{done.stdout}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _paint(port: int, rounds: int) -> Iterator[str]:
    """From the start of the interpreter to the first paint, beside the bare widgets of Textual."""
    tree = json.dumps(_watched("skeleton", str(port), "1")["tree"])
    times: dict[str, list[float]] = {"paint": [], "empty": []}
    for number in range(rounds + 1):
        for name, arguments in (("paint", (str(port), "1")), ("empty", (tree,))):
            begin = time.time()
            seconds = _watched(name, *arguments)["at"] - begin
            if number:
                times[name].append(seconds)
    ours, bare = statistics.median(times["paint"]), statistics.median(times["empty"])
    yield f"| first paint | {ours:.3f} s | |"
    yield f"| first paint of the same widgets, empty | {bare:.3f} s | |"
    yield f"| ratio | {ours / bare:.2f} | 1.5 |"


def _stream(port: int, rounds: int, scratch: Path) -> Iterator[str]:
    """An answer that comes as fast as it can, beside the same one headless and not shown."""
    # The server builds an answer when it is first asked for, which takes longer than a client waits.
    drain(port, STREAMED)
    one, many = in_turn(
        rounds,
        lambda: query(FINDTUI, port, 1, MODES[0], scratch),
        lambda: query(FINDTUI, port, STREAMED, MODES[0], scratch),
    )
    headless = many.seconds - one.seconds
    result = _median([_watched("stream", str(port), str(STREAMED)) for _ in range(rounds)])
    yield f"| {STREAMED:,} responses stream in | {result['seconds']:.2f} s | |"
    yield f"| the same headless (-sr), start-up taken off | {headless:.2f} s | |"
    yield f"| ratio | {result['seconds'] / headless:.2f} | 2 |"
    yield f"| CPU (user and system) of the application | {result['cpu']:.2f} s | |"
    yield f"| of that, what the screen takes | {result['screen_cpu']:.2f} s | |"
    yield f"| CPU ratio | {result['cpu'] / (many.cpu - one.cpu):.2f} | |"
    yield f"| until every cell is read | {result['read']:.2f} s | |"
    yield f"| lag of the screen meanwhile, p50 | {result['lag_p50']:.1f} ms | |"
    yield f"| p95 | {result['lag_p95']:.1f} ms | 50 ms |"
    yield f"| longest | {result['lag_max']:.1f} ms | |"


def _grid(port: int, rounds: int) -> Iterator[str]:
    """What a key press costs with many responses in the grid, until the screen shows what it did."""
    result = _median([_watched("grid", str(port), str(HELD)) for _ in range(rounds)])
    for name in ("filter", "filter taken away", "sort by a column", "jump to the end", "a cell changed"):
        yield f"| {name}, {HELD:,} responses | {result[name]:.1f} ms | 150 ms |"
    yield f"| peak memory, {HELD:,} responses | {result['peak_mib']:.0f} MiB | 350 MiB |"


def _median(results: list[dict[str, Any]]) -> dict[str, float]:
    return {name: statistics.median(result[name] for result in results) for name in results[0]}
