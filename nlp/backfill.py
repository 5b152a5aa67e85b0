"""Archives of any size read anew, on Dask: a task for each slice, and a part of the result for each slice.

The parts are written by whoever asks, so the machines that read need to see the archive alone. A part depends on its
slice and on the versions of parser and model, and on nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, get_args

from crawler.items import RecordFate, Slice
from nlp.parts import write_part
from nlp.slices import Lost, Reading, read_rows

if TYPE_CHECKING:
    from distributed import Client

AHEAD = 200
"""Slices that the scheduler knows of at a time, so that it is not told of millions."""
TRIES = 3
"""At a slice, where the archive is out of reach. A slice that ends four workers is given up too, by Dask's own setting
`distributed.scheduler.allowed-failures`."""
CONNECTING = 10
"""Seconds in which a scheduler has to answer."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a slice."""

    part: bytes
    """Its file; empty where no record was kept."""
    rows: int
    fates: dict[str, int]
    """Records by their fate, in the order of RecordFate."""
    lost: tuple[Lost, ...]


@contextmanager
def connect(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    """A client of the cluster at an address, else of one of this machine: processes of one thread, one for each core.

    Raises ConnectionError where nobody answers at the address, ImportError without the `backfill` extra.
    """
    from distributed import Client, LocalCluster

    if scheduler:
        try:
            client = Client(scheduler, timeout=CONNECTING)
        except (OSError, ValueError) as error:
            raise ConnectionError(f"{scheduler}: no scheduler of Dask answers: {error}") from error
        with client:
            yield client
        return
    count = workers or len(os.sched_getaffinity(0))
    # Whoever reaches a scheduler may run code by it: it listens on loopback, and to those alone who have its key.
    with (
        LocalCluster(
            n_workers=count, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", security=True
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def backfill(
    client: Client, slices: Sequence[Slice], reading: Reading, folder: Path
) -> Iterator[tuple[Slice, str | None]]:
    """Read the slices that are not finished and write their parts into the folder: each slice, as it is finished, and
    what was wrong with it as a whole; None where all its records have their fate."""
    from distributed import as_completed

    folder.mkdir(parents=True, exist_ok=True)
    handed = client.submit(bytes, pickle.dumps(reading), pure=False)
    left = iter(slices)

    def submit(count: int) -> list[Any]:
        return [
            client.submit(read_slice, handed, one, key=f"slice-{one.id}", pure=False, retries=TRIES - 1)
            for one in islice(left, count)
        ]

    by_key = {f"slice-{one.id}": one for one in slices}
    running = as_completed(submit(AHEAD))
    for future in running:
        slice = by_key[future.key]
        error = future.exception()
        if error is None:
            save_slice(folder, slice, reading, future.result())
        future.release()
        for another in submit(1):
            running.add(another)
        yield slice, str(error) or type(error).__name__ if error else None


def read_slice(reading: bytes, slice: Slice) -> Done:
    """What comes of a slice; `reading` is a pickled Reading. Raises RuntimeError where it cannot be read at all."""
    fates: Counter[RecordFate] = Counter()
    lost: list[Lost] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "part"
        rows = write_part(path, read_rows(reading, slice, fates, lost))
        part = path.read_bytes() if rows else b""
    return Done(part, rows, {fate: fates[fate] for fate in get_args(RecordFate) if fates[fate]}, tuple(lost))


def save_slice(folder: Path, slice: Slice, reading: Reading, done: Done) -> None:
    """Put the part of a slice into the folder, then its manifest, which says that the slice is finished."""
    part = folder / f"part-{slice.id}.parquet"
    if done.rows:
        _write(part, done.part)
    else:
        part.unlink(missing_ok=True)
    told = {
        "slice": asdict(slice),
        **_versions(reading),
        "records": sum(done.fates.values()),
        "fates": done.fates,
        "part": part.name if done.rows else None,
        "rows": done.rows,
        "sha256": hashlib.sha256(done.part).hexdigest() if done.rows else None,
        "lost": [asdict(one) for one in done.lost],
    }
    _write(_manifest(folder, slice), json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n")


def is_finished(folder: Path, slice: Slice, reading: Reading) -> bool:
    """Whether the folder holds what these versions read out of this slice of the file as it is."""
    try:
        told = json.loads(_manifest(folder, slice).read_bytes())
    except (OSError, ValueError):
        return False
    known = {"slice": asdict(slice), **_versions(reading)}
    if not isinstance(told, dict) or not known.items() <= told.items():  # another file, or other versions
        return False
    return told["part"] is None or (folder / told["part"]).is_file()


def sum_up(folder: Path, slices: Sequence[Slice], reading: Reading, problems: Mapping[str, str]) -> dict[str, Any]:
    """What came of these slices as a whole, which `manifest.json` of the folder then says: slices, records by fate,
    parts in the order of the archive. Slices that are not finished are named, with their problem by their id."""
    fates: Counter[str] = Counter()
    parts, unfinished = [], []
    for slice in slices:
        if not is_finished(folder, slice, reading):
            unfinished.append({**asdict(slice), "problem": problems.get(slice.id)})
            continue
        told = json.loads(_manifest(folder, slice).read_bytes())
        fates.update(told["fates"])
        if told["part"]:
            parts.append({name: told[name] for name in ("part", "rows", "sha256")})
    whole = {
        **_versions(reading),
        "slices": len(slices),
        "unfinished": unfinished,
        "bytes": sum(slice.end - slice.start for slice in slices),
        "records": fates.total(),
        "fates": {fate: fates[fate] for fate in get_args(RecordFate)},
        "rows": sum(part["rows"] for part in parts),
        "parts": parts,
    }
    _write(folder / "manifest.json", json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n")
    return whole


def _versions(reading: Reading) -> dict[str, str]:
    return {"parser": reading.parser, "model": reading.model}


def _manifest(folder: Path, slice: Slice) -> Path:
    return folder / f"part-{slice.id}.json"


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there only when it is whole, and on the disk."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.new")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
