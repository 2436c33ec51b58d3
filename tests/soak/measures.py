"""What may not grow: memory, threads and open files of this process, as Linux tells them."""

from __future__ import annotations

import gc
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measures:
    """What the process holds at one moment.

    Attributes:
        resident_mib: resident memory.
        threads: living ones.
        files: open descriptors, sockets among them.
    """

    resident_mib: float
    threads: int
    files: int

    @classmethod
    def now(cls) -> Measures:
        gc.collect()
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return cls(
            int(resident.split()[1]) / 1024, threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
        )

    def growth_from(self, before: Measures, most_mib: float, *, running: int = 0) -> list[str]:
        """What grew beyond what is allowed, in words.

        Args:
            before: the measures to compare with.
            most_mib: by how much memory may have grown.
            running: queries that may be running now; each has a few threads and descriptors, on both sides.
        """
        grown = []
        if self.resident_mib - before.resident_mib > most_mib:
            grown.append(f"memory grew from {before.resident_mib:.1f} to {self.resident_mib:.1f} MiB")
        if self.threads > before.threads + 3 * running:
            grown.append(f"threads grew from {before.threads} to {self.threads}")
        if self.files > before.files + 6 * running:
            grown.append(f"open files grew from {before.files} to {self.files}")
        return grown

    def __str__(self) -> str:
        return f"{self.resident_mib:6.1f} MiB, {self.threads} threads, {self.files} files"
