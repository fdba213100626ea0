"""The store: what was put is what comes back, or nothing."""

from __future__ import annotations

import os
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


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────


def filled(root: Path, count: int = 10) -> Store:
    """Entries and blobs of about 1 kB, used an hour after each other, long ago."""
    store = Store(root)
    for number in range(count):
        store.put("kind", f"{number}", "x" * 1000)
        store.put_blob(bytes(1000 + number), "bin")
        date = 1_000_000_000 + 3600 * number
        for path in (store._entry("kind", f"{number}"), store.blob_path(blob_name(bytes(1000 + number), "bin"))):
            os.utime(path, (date, date))
    return store


def left(store: Store, count: int = 10) -> list[int]:
    """Which entries are still there, without using them."""
    return [n for n in range(count) if store._entry("kind", f"{n}").exists()]


def test_what_was_not_used_for_longest_goes(tmp_path: Path) -> None:
    store = filled(tmp_path)
    assert store.get("kind", "0") == "x" * 1000
    assert store.prune(12_000)[0] > 9_000
    assert left(store)[0] == 0
    assert left(store)[1:] == list(range(10 - len(left(store)) + 1, 10))
    assert store.prune(12_000)[0] == 0


def test_what_was_just_written_stays(tmp_path: Path) -> None:
    store = filled(tmp_path)
    store.put("kind", "new", "x" * 5000)
    store.prune(0)
    assert left(store) == []
    assert store.get("kind", "new")
    store.prune(0, young=-1)
    assert store.get("kind", "new") is None


def test_files_of_others_in_the_cache_stay(tmp_path: Path) -> None:
    store = filled(tmp_path)
    for name in ("npm/d3/d3.js", "local/ab/README", "lock", "state/html-1.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(9000))
        os.utime(path, (0, 0))
    store.prune(0)
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["README", "d3.js", "html-1.json", "lock"]


def test_drafts_of_a_killed_build_go(tmp_path: Path) -> None:
    store = filled(tmp_path, 1)
    entry = store._entry("kind", "0")
    draft = entry.with_name(f".{entry.name[:40]}.1.2.3")
    draft.write_bytes(bytes(10))
    os.utime(draft, (0, 0))
    store.prune(1500)
    assert not draft.exists()
