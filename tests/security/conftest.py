"""What the tests of the fortress share: one site that is served, with its address set as an operator would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fortress import EXAMPLE, Fortress, build_fortress, open_fortress


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortress]:
    """The site as it runs, for all tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("benteng")
    with open_fortress(
        folder, build_fortress(folder), PANTAU_SITE=EXAMPLE, PANTAU_CONTACT="aman@pantau.example"
    ) as site:
        yield site
