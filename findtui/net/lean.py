"""pydicom and pynetdicom without what a query never touches.

Both packages import all of themselves as soon as one of their modules is wanted: pixel decoders, a web client, threads,
all SOP classes there are. A headless query needs pynetdicom's A-ASSOCIATE PDUs and pydicom's dictionary, and is over
sooner than the rest would have come in; docs/performance.md has the account.

After `prepare` the modules of `_DEFERRED` run when something is asked of them for the first time, as with
`importlib.util.LazyLoader`, which cannot do that for packages. Those of the standard library among them are imported
for what no query meets with: dataclasses without a docstring (inspect), Windows (ctypes, ntpath), addresses within URLs
(ipaddress), exceptions in a log (traceback), sending whole files (selectors), making UIDs (hashlib, secrets, uuid).

pynetdicom's module of SOP classes is stood in for by empty tables: a query brings the UID of its information model
along. pydicom's module of value representations waits until a value is validated; UIDs are not any more, of which
pydicom would only warn, and nobody listens: `screening` looks at what a peer sends. These two make pynetdicom unfit for
anything but the negotiation of an association, so `prepare` is for a process that does nothing else.
"""

from __future__ import annotations

import gc
import importlib
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

_SOP_CLASSES: Final = "pynetdicom.sop_class"
_VALUE_REPRESENTATIONS: Final = "pydicom.valuerep"
_HANDLERS: Final = "pydicom.pixel_data_handlers"
_DEFERRED: Final = frozenset(
    [
        "ctypes",
        "hashlib",
        "inspect",
        "ipaddress",
        "ntpath",
        "secrets",
        "selectors",
        "traceback",
        "uuid",
        "pydicom",
        _HANDLERS,
        *(f"{_HANDLERS}.{name}_handler" for name in ("gdcm", "jpeg_ls", "numpy", "pillow", "pylibjpeg", "rle")),
        _VALUE_REPRESENTATIONS,
        "pynetdicom",
    ]
)
_lock: Final = threading.RLock()


def prepare() -> None:
    """Make imports lean in this process; without effect where either package has been imported already.

    The collector of garbage rests until `load`: what imports make stays, and it would look through that many times.
    """
    if not {"pydicom", "pynetdicom"} & sys.modules.keys() and _Finder not in sys.meta_path:
        gc.disable()
        sys.meta_path.insert(0, _Finder)


def load(name: str) -> None:
    """Import one of findtui's own modules leanly, or make room for it to be imported as usual.

    A release of pydicom or pynetdicom that does not take to this costs time, not the query.
    """
    if _Finder not in sys.meta_path:
        return
    try:
        from pydicom import config

        config.settings.reading_validation_mode = config.IGNORE
        with _nothing_made_ahead():
            importlib.import_module(name)
    except (ImportError, AttributeError, LookupError, TypeError):
        sys.meta_path.remove(_Finder)
        for module in list(sys.modules):
            if module == name or module.partition(".")[0] in ("pydicom", "pynetdicom"):
                del sys.modules[module]
    gc.freeze()
    gc.enable()


@contextmanager
def _nothing_made_ahead() -> Iterator[None]:
    """Keep pynetdicom from filling 122 presentation contexts for storage."""
    from pynetdicom import _globals

    defaults = list(_globals.DEFAULT_TRANSFER_SYNTAXES)
    _globals.DEFAULT_TRANSFER_SYNTAXES.clear()
    try:
        yield
    finally:
        _globals.DEFAULT_TRANSFER_SYNTAXES.extend(defaults)


class _Deferred(ModuleType):
    """A module that has not run yet. Those inside a package can be imported without its having run."""

    def __getattr__(self, name: str) -> Any:
        spec = self.__spec__
        if spec is None or name.startswith("__"):
            raise AttributeError(name)
        inner = f"{spec.name}.{name}"
        if spec.submodule_search_locations and PathFinder.find_spec(inner, spec.submodule_search_locations):
            return importlib.import_module(inner)
        _run(self)
        return getattr(self, name)


class _ValueRepresentations(_Deferred):
    """pydicom's module of that name: before it runs it has what `pydicom.uid` imports from it."""

    STR_VR_REGEXES: Final = {"UI": re.compile(r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*$")}

    @staticmethod
    def validate_value(vr: str, value: Any, validation_mode: int, *validator: Any) -> None:
        """Validate nothing where nothing is to be validated, else have the module do it."""
        from pydicom import config

        if validation_mode != config.IGNORE:
            module = sys.modules[_VALUE_REPRESENTATIONS]
            _run(module)
            module.validate_value(vr, value, validation_mode, *validator)


def _run(module: ModuleType) -> None:
    """Run a deferred module, if that has not been done."""
    with _lock:
        if isinstance(module, _Deferred):
            module.__class__ = ModuleType  # type: ignore[assignment]
            module.__spec__.loader.run(module)  # type: ignore[union-attr]


class _SOPClasses(ModuleType):
    """Stands in for pynetdicom's module of that name, for `pynetdicom.presentation` to import its tables from."""

    def __getattr__(self, name: str) -> dict[str, str]:
        if name.startswith("_") and name.endswith("_CLASSES"):
            return {}
        raise AttributeError(f"{self.__name__} has no {name} in a process that only negotiates")


_STAND_INS: Final = {_SOP_CLASSES: _SOPClasses, _VALUE_REPRESENTATIONS: _ValueRepresentations}


class _Loader:
    """Puts a module into place without running it."""

    def __init__(self, spec: ModuleSpec) -> None:
        self._spec = spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _STAND_INS.get(spec.name, _Deferred)(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Not yet."""

    def run(self, module: ModuleType) -> None:
        """Run the module now."""
        module.__spec__ = self._spec
        module.__loader__ = self._spec.loader
        if self._spec.loader is not None:
            self._spec.loader.exec_module(module)


class _Finder:
    """Finds what is deferred; the finders behind it find the rest."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in _DEFERRED and name != _SOP_CLASSES:
            return None
        found = PathFinder.find_spec(name, path, target)
        if found is None:
            return None
        loader: Any = _Loader(found)
        deferred = ModuleSpec(name, loader, origin=found.origin)
        deferred.submodule_search_locations = found.submodule_search_locations
        deferred.has_location = found.has_location
        return deferred
