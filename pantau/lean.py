"""Keeps pandas out of every word: none reads its tables, and the notebooks have processes of their own.

sqlite-utils and scikit-learn import it wherever it is installed. That takes half a second, and pyarrow, which comes
with it, starts a thread: from then on the allocator of the C library locks, and spaCy reads names a tenth slower.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any


def refuse_pandas(name: str, path: Any = None, target: Any = None) -> None:
    """What Python asks for a module, before it looks for it itself; ModuleNotFoundError for pandas."""
    if name == "pandas":
        raise ModuleNotFoundError("pantau reads no table of pandas", name=name)


sys.meta_path.insert(0, SimpleNamespace(find_spec=refuse_pandas))
