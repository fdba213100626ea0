"""The npm packages that tests look into: fetched once, kept in pytest's cache folder.

`GRADPRESS_TEST_CACHE` names another folder, which may already hold them (`npm/mathjax@3.2.2/…`).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def npm_cache(pytestconfig: pytest.Config) -> Path:
    """What `npm.package` takes as cache."""
    named = os.environ.get("GRADPRESS_TEST_CACHE")
    return Path(named) if named else Path(pytestconfig.cache.mkdir("gradpress"))


@pytest.fixture(scope="session")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder without `node_modules` beside it."""
    return tmp_path_factory.mktemp("nowhere")
