"""What the tests of the fortress share: one site that is served, with its address set as an operator would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fortress import EXAMPLE, Fortress, build_fortress, open_fortress, own_pages, walk
from lxml.html import HtmlElement


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortress]:
    """The site as it runs, for all tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("benteng")
    tokens = build_fortress(folder)
    # A secret as a power cut left it, and a line of the settings that nobody filled in: neither is one.
    (folder / ".serving").mkdir()
    (folder / ".serving" / "secret").touch(mode=0o600)
    settings = {"PANTAU_SITE": EXAMPLE, "PANTAU_CONTACT": "aman@pantau.example", "DATASETTE_SECRET": ""}
    with open_fortress(folder, tokens, **settings) as site:
        yield site


@pytest.fixture(scope="session")
def strangers_pages(site: Fortress) -> dict[str, HtmlElement]:
    """A few pages of each kind that a stranger comes to, and those of readers."""
    with site.client() as client:
        return walk(client, "/", "/masuk", "/langganan/surat", "/peristiwa", *own_pages(site))
