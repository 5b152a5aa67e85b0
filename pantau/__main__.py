"""`python -m pantau`."""

from __future__ import annotations

from pantau import main

if __name__ == "__main__":  # other processes that read pages import this module
    main(prog_name="pantau")
