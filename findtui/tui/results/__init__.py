"""Responses as the application holds them: columns, order, filter and marks, without a screen."""

from __future__ import annotations

from findtui.tui.results.changes import Change, Diff
from findtui.tui.results.columns import Column, default_columns
from findtui.tui.results.mask import Mask
from findtui.tui.results.single import read_values
from findtui.tui.results.store import ResultStore

__all__ = ["Change", "Column", "Diff", "Mask", "ResultStore", "default_columns", "read_values"]
