"""findtui asks DICOM servers questions with C-FIND and shows the answers."""

from __future__ import annotations

__version__ = "0.1.0"
