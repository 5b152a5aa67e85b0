"""YAML that people write."""

from __future__ import annotations

from typing import Any

import yaml


def parse_yaml(text: str) -> Any:
    """What a YAML text says. Raises yaml.YAMLError for what is none.

    PyYAML itself lets other errors through: for `2023-99-99`, `!!int x`, `!!bool x`, and where it is nested too deep.
    """
    try:
        return yaml.safe_load(text)
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError) as error:
        raise yaml.YAMLError(f"a value that cannot be read ({type(error).__name__})") from error
