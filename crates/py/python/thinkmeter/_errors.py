"""What this package raises. The native half makes these by calling them."""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Sequence, Tuple


class Fault(NamedTuple):
    """One thing that is wrong with a configuration."""

    path: str
    """The key's path, such as `split.kind`."""
    message: str
    """What is wrong."""
    hint: Optional[str]
    """What to do about it."""


class ConfigError(ValueError):
    """A configuration is wrong. `faults` has everything that is, each with its path and a hint."""

    def __init__(self, message: str, faults: Sequence[Tuple[str, str, Optional[str]]] = ()) -> None:
        super().__init__(message)
        self.faults: List[Fault] = [Fault(*fault) for fault in faults]

    def __reduce__(self):
        return ConfigError, (str(self), [tuple(fault) for fault in self.faults])


class DataError(ValueError):
    """A table, a file or a row is not what it should be; the message says which, and what to do."""
