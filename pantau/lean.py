"""Keeps out of a word what libraries import only because it is installed.

sqlite-utils and scikit-learn import pandas, and no word reads its tables (the notebooks have processes of their own).
That takes half a second, and pyarrow, which comes with it, starts a thread: from then on the allocator of the C library
locks, and spaCy reads names a tenth slower. sqlite-utils imports NumPy too, to name columns for its types; words that
read no articles need none of it.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any


def refuse(name: str, path: Any = None, target: Any = None) -> None:
    """What Python asks for a module, before it looks for it itself; ModuleNotFoundError for what is kept out."""
    if name == "pandas" or (name == "numpy" and _begins("sqlite_utils.db")):
        raise ModuleNotFoundError(f"pantau keeps {name} out", name=name)


def _begins(module: str) -> bool:
    """Whether a module is being imported."""
    return bool(getattr(getattr(sys.modules.get(module), "__spec__", None), "_initializing", False))


sys.meta_path.insert(0, SimpleNamespace(find_spec=refuse))
