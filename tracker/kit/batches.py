"""Many things, some at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_T = TypeVar("_T")


def batches(things: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Lists of `size` each, in order; the last may be shorter."""
    iterator = iter(things)
    while batch := list(islice(iterator, size)):
        yield batch
