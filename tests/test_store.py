"""The store: what was put is what comes back, or nothing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradpress.cache import Memory, Storage, Store, blob_name, write

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(params=[Store, Memory])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    made: Storage = request.param(tmp_path)
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(key=st.text(), value=JSON)
def test_entries_come_back(store: Storage, key: str, value: Any) -> None:
    store.put("kind", key, value)
    assert store.get("kind", key) == value
    assert store.get("other", key) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary())
def test_blobs_come_back(store: Storage, data: bytes) -> None:
    name = store.put_blob(data, ".bin")
    assert store.put_blob(data, "bin") == name == blob_name(data, "bin")
    assert store.blob(name) == data
    assert store.blob_path(name).read_bytes() == data


def test_missing(store: Storage) -> None:
    assert store.get("kind", "key") is None
    assert store.blob(blob_name(b"", "txt")) is None


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text", "folder", "header"])
def test_damaged_entry_is_a_miss_and_is_replaced(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    store.put("kind", "key", {"a": list(range(50))})
    [file] = (p for p in tmp_path.rglob("*") if p.is_file())
    data = file.read_bytes()
    if damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes(
            {
                "cut": data[:-5],
                "flip": data[:-5] + b"9" + data[-4:],
                "empty": b"",
                "text": b"{}",
                "header": b"other 1 " + data,
            }[damage]
        )
    assert store.get("kind", "key") is None
    if damage != "folder":
        store.put("kind", "key", 1)
        assert store.get("kind", "key") == 1


def test_damaged_blob_is_a_miss_and_is_replaced(tmp_path: Path) -> None:
    store = Store(tmp_path)
    name = store.put_blob(b"picture", "svg")
    store.blob_path(name).write_bytes(b"pict")
    assert store.blob(name) is None
    assert store.put_blob(b"picture", "svg") == name
    assert store.blob(name) == b"picture"


def test_names_are_no_paths(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.put("kind", "../../../outside/\0", 1)
    assert store.get("kind", "../../../outside/\0") == 1
    assert {p.name for p in tmp_path.iterdir()} == {"store"}


def test_numbers_that_are_no_json_are_refused(store: Storage) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.put("kind", "key", float("nan"))
    assert store.get("kind", "key") is None


def test_many_writers_leave_one_whole_entry(tmp_path: Path) -> None:
    store = Store(tmp_path)
    values = [[n] * 1000 for n in range(40)]

    def put_and_get(value: list[int]) -> Any:
        store.put("kind", "key", value)
        return store.get("kind", "key")

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(put_and_get, values))
    assert all(v in values for v in seen)
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write(file, b"old")
    with pytest.raises(TypeError):
        write(file, "new")  # type: ignore[arg-type]
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_it_is_light() -> None:
    code = "import sys, gradpress.cache\nprint({'tempfile', 'subprocess', 'asyncio', 'numpy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent
    )
    assert done.stdout == "set()\n"
