"""The private database's schema, step by step: a module for each group of steps, in the order of their numbers.

A step is added at the end and never edited once it has run anywhere. Times are ISO 8601 text; JSON is text.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from db.migrations.registry import migrations, run

__all__ = ["migrations", "run"]

for name in sorted(module.name for module in iter_modules(__path__) if module.name.startswith("m0")):
    import_module(f"{__name__}.{name}")
