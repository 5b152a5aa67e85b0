"""What every side says and hears. Nothing but Python's own library: the rivals' environment has none of ours."""

from __future__ import annotations

import json
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any

WARM = 8
"""Things that are read before a round counts, so that no word list or pattern is loaded in it."""


def answer(read: Callable[[Sequence[Any]], int]) -> None:
    """Read what is given by the pickle that the first argument names, once for each line of stdin.

    `read` gets all of it and returns of how many things something came. Says "ready", then for each round its
    processor seconds, of all threads, and what `read` returned, as a line of JSON.
    """
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is not for who asks
    with open(sys.argv[1], "rb") as file:  # noqa: PTH123
        given = pickle.load(file)
    read(given[:WARM])
    print("ready", file=told, flush=True)
    for _ in sys.stdin:
        begun = process_time()
        count = read(given)
        line = json.dumps({"seconds": process_time() - begun, "count": count})
        print(line, file=told, flush=True)
