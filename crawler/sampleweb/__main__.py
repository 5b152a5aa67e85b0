"""`python -m crawler.sampleweb`: the sample web until Ctrl-C."""

from __future__ import annotations

from crawler.sampleweb.server import PORTS, serve

if __name__ == "__main__":
    serve(PORTS)
