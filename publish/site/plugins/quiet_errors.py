"""Errors are told to the operator without every variable of the page.

Where the library rich is installed, Datasette prints all of them for each unknown address and each query that a reader
got wrong, which takes half a second in which nobody is answered; of an address outside a database it fails at that, and
the reader gets a 500 in place of the 404.
"""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from datasette.plugins import pm


@hookimpl
def startup(datasette: Any) -> None:
    pm.get_plugin("datasette.handle_exception").rich = None
