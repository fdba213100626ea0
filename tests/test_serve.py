"""`serve`: who is answered and with what, what a save does, and how it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from builds import ROOT, Build
from served import PATIENCE, Served, free_port, wait_for

SLOW = """# Slow

```{python}
import os, pathlib, time
pathlib.Path("pid").write_text(str(os.getpid()))
loss = 1.0
for step in range(600):
    loss *= 0.99
    time.sleep(0.1)
```
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One site for what changes nothing."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "content" / "sub").mkdir(parents=True)
    (folder / "content" / "index.md").write_text("# Home\n\nWords.\n\n[data](data.txt)\n")
    (folder / "content" / "data.txt").write_text("some data\n")
    (folder / "content" / "sub" / "index.md").write_text("# Below\n")
    (folder / "secret.txt").write_text("a secret\n")
    with Served(folder).built() as served:
        yield served


@pytest.fixture
def serve(notes: Path, tmp_path: Path) -> Iterator[object]:
    """Start a server of the test's notes; ended with the test."""
    started: list[Served] = []

    def start(*arguments: str, **more: int) -> Served:
        started.append(Served(tmp_path, *arguments, **more))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for served in started:
        with served:
            pass


def test_a_page_is_sent_with_a_script_that_its_file_does_not_have(shared: Served) -> None:
    status, answer = shared.get("/")
    assert status == 200
    assert "Words." in answer
    assert '<script type="module" src="/_gradpress/client.js"' in answer
    assert "_gradpress" not in (shared.site / "index.html").read_text()
    assert shared.get("/sub/")[0] == 200
    assert "text/css" in shared.get("/assets/gradpress.css")[1]
    for name in re.findall(r'from "\./(\w+\.js)"', shared.get("/_gradpress/client.js")[1]):
        status, answer = shared.get(f"/_gradpress/{name}")
        assert (status, "text/javascript" in answer) == (200, True)


def test_a_folder_is_its_first_page(shared: Served) -> None:
    status, answer = shared.get("/sub")
    assert status == 307
    assert "location: /sub/\r\n" in answer.lower()


def test_what_is_known_is_not_sent_again(shared: Served) -> None:
    tag = re.search(r'(?i)^etag: (".*")', shared.get("/")[1], re.M)
    assert tag
    assert shared.get("/", f"If-None-Match: {tag[1]}")[0] == 304
    assert shared.get("/", 'If-None-Match: "another"')[0] == 200


@pytest.mark.parametrize(
    "line",
    [
        *("Host: evil.example", "Host: evil.example:{port}", "Host: 127.0.0.1", "Host: 127.0.0.1:1", "Host: "),
        *("Host: localhost.evil.example:{port}", "Host: 127.0.0.1:{port}@evil.example", "Host: 0.0.0.0:{port}"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/_gradpress/events?page=/", "/_gradpress/client.js"])
def test_another_host_is_refused(line: str, path: str, shared: Served) -> None:
    status, answer = shared.ask(f"GET {path} HTTP/1.1\n{line.format(port=shared.port)}\nConnection: close")
    assert status == 403
    assert "Words." not in answer


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_this_machine_has_several_names(name: str, shared: Served) -> None:
    head = f"GET / HTTP/1.1\nHost: {name}:{shared.port}\nConnection: close"
    assert shared.ask(head)[0] == 200
    assert shared.ask(f"{head}\nOrigin: http://{name}:{shared.port}")[0] == 200


@pytest.mark.parametrize(
    "header",
    [
        *(
            "Origin: http://evil.example",
            "Origin: null",
            "Origin: http://localhost:1",
            "Origin: https://127.0.0.1:{port}",
        ),
        *("Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/_gradpress/events?page=/"])
def test_pages_of_others_are_refused(header: str, path: str, shared: Served) -> None:
    assert shared.get(path, header.format(port=shared.port))[0] == 403
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAA")
    assert shared.get(path, header.format(port=shared.port), *upgrade)[0] == 403


def test_links_of_others_lead_here(shared: Served) -> None:
    assert shared.get("/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_only_questions_are_answered(method: str, shared: Served) -> None:
    assert shared.get("/", method=method)[0] == 405
    assert shared.get("/_gradpress/events", method=method)[0] == 405


def test_head_has_no_body(shared: Served) -> None:
    for path in ("/", "/data.txt"):
        status, answer = shared.get(path, method="HEAD")
        assert (status, answer.partition("\r\n\r\n")[2]) == (200, "")


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt", "/..%2fsecret.txt", "/sub/../../secret.txt"),
        *("/..%5csecret.txt", "/%252e%252e/secret.txt", "//etc/passwd", "/etc/passwd", "/%2fetc/passwd"),
        *("/.manifest.json", "/%2emanifest.json", "/sub/.hidden", "/index.html%00.txt", "/_gradpress/../secret.txt"),
        *("/_gradpress/..%2f..%2fcli.py", "/_gradpress/%2e%2e/arguments.json", "/linked.txt", "/linked/secret.txt"),
        *("/unknown.html", "/unknown/", "/data.txt/", "/sub/.well-known/x"),
    ],
)
def test_nothing_outside_the_site_is_sent(path: str, shared: Served) -> None:
    (shared.site / "sub" / ".hidden").write_text("a secret\n")
    for link, to in (("linked.txt", shared.folder / "secret.txt"), ("linked", shared.folder)):
        if not (shared.site / link).is_symlink():
            (shared.site / link).symlink_to(to)
    status, answer = shared.get(path)
    assert status == 404
    assert "a secret" not in answer
    assert "root:" not in answer


def test_only_this_machine_is_answered(shared: Served) -> None:
    with socket.socket() as other:
        other.settimeout(PATIENCE)
        name = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
        address = next((n for n in name if ":" not in n and not n.startswith("127.")), "127.0.0.2")
        assert other.connect_ex((address, shared.port)) != 0


def test_a_taken_port_is_said_and_the_next_one_is_used(notes: Path, serve: type[Served]) -> None:
    (notes / "index.md").write_text("# Home\n")
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        served = serve(port=port).built()
    assert served.port != port
    assert served.said.splitlines()[0] == f"port {port} is taken, using {served.port}"
    assert served.get("/")[0] == 200


@pytest.mark.parametrize("given", ["0", "65536", "-1"])
def test_a_port_that_is_none(given: str, build: Build, notes: Path) -> None:
    run = build("serve", f"--port={given}")
    assert run.code == 2
    assert run.diagnostics == [f"build.py: error: --port must be a number from 1 to 65535, not {given}  [usage]"]


def test_a_page_that_does_not_exist_is_told(build: Build, notes: Path) -> None:
    (notes / "a.md").write_text("# A\n")
    run = build("serve", "b.md")
    assert (run.code, len(run.diagnostics)) == (2, 1)


def test_the_page_that_is_named_comes_first_and_others_are_waited_for(notes: Path, serve: type[Served]) -> None:
    (notes / "a.md").write_text(SLOW)
    (notes / "z.md").write_text("# Last of all\n")
    served = serve("z.md", "--jobs=1")
    wait_for(lambda: (served.site / "z.html").exists(), "the named page")
    status, answer = served.get("/a.html")
    assert (status, "Building" in answer, "client.js" in answer) == (503, True, True)
    assert "Last of all" in served.get("/z.html")[1]


def test_a_page_that_a_reader_waits_for_is_built_before_the_rest(notes: Path, serve: type[Served]) -> None:
    for name in ("index", "b", "c"):
        (notes / f"{name}.md").write_text(SLOW if name == "b" else f"# Page {name}\n\nSee @sec-x.\n")
    served = serve("--jobs=1")
    wait_for(lambda: (notes / "pid").exists(), "the cell of the second page runs")
    wait_for(lambda: "Page c" in served.get("/c.html")[1], "the page that was asked for")


def test_a_save_builds_what_rests_on_it(notes: Path, serve: type[Served]) -> None:
    (notes / "a.md").write_text("# A\n\nOne.\n")
    (notes / "b.md").write_text("# B\n\n{{< include _part.md >}}\n")
    (notes / "_part.md").write_text("Part.\n")
    served = serve().built()
    served.save("a.md", "# A\n\nTwo.\n")
    served.says("a.md saved: 1 page in ")
    assert "Two." in served.get("/a.html")[1]
    served.save("_part.md", "Another part.\n")
    served.says("_part.md saved: 1 page in ")
    assert "Another part." in served.get("/b.html")[1]


def test_what_editors_leave_is_no_save(notes: Path, serve: type[Served]) -> None:
    (notes / "a.md").write_text("# A\n\nOne.\n")
    served = serve().built()
    for name in (".a.md.swp", "4913", "a.md~", "#a.md#", ".git/index", "unused.txt"):
        (notes / name).parent.mkdir(exist_ok=True)
        (notes / name).write_text("x")
    (notes / "new.md").write_text("# A\n\nTwo.\n")
    os.replace(notes / "a.md", notes / "a.md~")
    os.replace(notes / "new.md", notes / "a.md")
    wait_for(lambda: "Two." in served.get("/a.html")[1], "what was saved by renaming")
    served.says(" saved: ")
    assert not re.findall(r"4913|swp|~|#|git|unused", served.said)


def test_output_and_cache_in_the_folder_of_the_notes(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nOne.\n")
    (tmp_path / "content").symlink_to(tmp_path)
    with Served(tmp_path).built() as served:
        served.save("a.md", "# A\n\nTwo.\n")
        served.says("a.md saved: 1 page")
        time.sleep(0.5)
        assert served.said.count(" saved: ") == 1


def test_new_pages_removed_pages_and_many_at_once(
    notes: Path, serve: type[Served], build: Build, tmp_path: Path
) -> None:
    (notes / "index.md").write_text("# Home\n")
    served = serve().built()
    assert served.get("/new.html")[0] == 404
    served.save("new.md", "# New page\n")
    wait_for(lambda: served.get("/new.html")[0] == 200 and "New page" in served.get("/")[1], "a new page")
    (notes / "new.md").unlink()
    wait_for(lambda: served.get("/new.html")[0] == 404 and "New page" not in served.get("/")[1], "a page less")
    for k in range(30):
        served.save(f"p{k}.md", f"# Page {k}\n\nSee [](p{(k + 1) % 30}.md).\n")
    wait_for(lambda: all(served.get(f"/p{k}.html")[0] == 200 for k in range(30)), "thirty pages at once")
    wait_for(lambda: '"building": false' in events(served), "the end of the build")
    served.stop()
    shutil.move(tmp_path / "site", tmp_path / "served")
    shutil.rmtree(tmp_path / "cache")
    build("html")
    assert tree(tmp_path / "served") == tree(tmp_path / "site")


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def events(served: Served, page: str = "/") -> str:
    """What a browser that opens `page` is told first."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as connection:
        head = f"GET /_gradpress/events?page={page} HTTP/1.1\r\nHost: localhost:{served.port}\r\n\r\n"
        connection.sendall(head.encode())
        told = b""
        while not re.search(rb"event: cells\ndata: .*\n\n", told):
            told += connection.recv(1 << 16)
    return told.decode()


def test_a_broken_page_and_a_broken_configuration_take_nothing_away(notes: Path, serve: type[Served]) -> None:
    (notes / "a.md").write_text("# A\n\nOne.\n")
    served = serve().built()
    served.save("a.md", "---\ntitle: [\n---\n\nTwo.\n")
    served.says("a.md:")
    wait_for(lambda: '"building": false' in events(served), "the end of the build")
    assert "One." in served.get("/a.html")[1]
    assert '"file": "a.md", "line": ' in events(served)
    served.save("gradpress.yml", "title: [\n")
    served.says("the site stays as it was")
    assert '"failure": "gradpress.yml:' in events(served)
    assert "One." in served.get("/a.html")[1]
    served.save("a.md", "# A\n\nThree.\n")
    served.save("gradpress.yml", "title: Notes\n")
    wait_for(lambda: "Three." in served.get("/a.html")[1], "the page is mended")
    wait_for(lambda: '"failure": "", "restart": [], "diagnostics": []' in events(served), "nothing is wrong")


def test_a_page_with_an_error_is_not_built_again_for_saves_of_others(notes: Path, serve: type[Served]) -> None:
    (notes / "a.md").write_text("```{python}\nopen('runs', 'a').write('x')\n1 / 0\n```\n")
    (notes / "b.md").write_text("# B\n")
    served = serve().built()
    runs = (notes / "runs").read_text()
    for k in range(3):
        served.save("b.md", f"# B\n\nText {k}.\n")
        served.says("b.md saved: 1 page", k + 1)
    assert (notes / "runs").read_text() == runs
    os.utime(notes / "a.md")
    served.says("a.md saved: 1 page")
    assert (notes / "runs").read_text() != runs


def test_a_folder_gets_another_name(notes: Path, serve: type[Served]) -> None:
    (notes / "sub").mkdir()
    (notes / "sub" / "a.md").write_text("# A\n")
    served = serve().built()
    (notes / "sub").rename(notes / "bus")
    wait_for(lambda: (served.get("/bus/a.html")[0], served.get("/sub/a.html")[0]) == (200, 404), "the other name")


def test_data_and_modules_are_seen(notes: Path, serve: type[Served]) -> None:
    (notes / "data.txt").write_text("some data\n")
    (notes / "own.py").write_text("VALUE = 'old value'\n")
    (notes / "a.md").write_text("```{python}\nimport own\nprint(own.VALUE, open('data.txt').read())\n```\n")
    served = serve().built()
    served.save("data.txt", "other data\n")
    wait_for(lambda: "old value other data" in served.get("/a.html")[1], "the data")
    served.save("own.py", "VALUE = 'new value'\n")
    wait_for(lambda: "new value other data" in served.get("/a.html")[1], "the module")


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def below(pid: int) -> list[int]:
    found = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()]
    parents = {}
    for one in found:
        try:
            parents[one] = int(Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    wanted = {pid}
    while more := {one for one, parent in parents.items() if parent in wanted} - wanted:
        wanted |= more
    return sorted(wanted - {pid})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_with_everything_that_runs(number: int, notes: Path, serve: type[Served]) -> None:
    (notes / "slow.md").write_text(SLOW)
    served = serve()
    wait_for(lambda: (notes / "pid").exists() and (notes / "pid").read_text(), "the cell runs")
    with socket.create_connection(("127.0.0.1", served.port)) as reader:
        head = f"GET /_gradpress/events?page=/ HTTP/1.1\r\nHost: localhost:{served.port}\r\n\r\n"
        reader.sendall(head.encode())
        reader.recv(1000)
        processes = below(served.process.pid)
        assert len(processes) >= 3
        assert served.stop(number) == 130
    wait_for(lambda: not any(map(alive, processes)), "no process is left")
    assert "Traceback" not in served.said


def test_a_newer_text_takes_the_place_of_a_build_that_runs_and_its_cell_goes_on(
    notes: Path, serve: type[Served]
) -> None:
    (notes / "slow.md").write_text(SLOW)
    served = serve()
    wait_for(lambda: (notes / "pid").exists() and (notes / "pid").read_text(), "the cell runs")
    first = (notes / "pid").read_text()
    (notes / "pid").unlink()
    served.save("slow.md", "Words above.\n\n" + SLOW)
    served.save("other.md", "# Another\n")
    wait_for(lambda: "Another" in served.get("/other.html")[1], "a page that was saved meanwhile")
    wait_for(lambda: '"file": "slow.md", "line": 6' in events(served), "the cell is followed at its new line")
    assert not (notes / "pid").exists()
    served.save("slow.md", SLOW.replace("600", "3"))
    wait_for(lambda: (served.site / "slow.html").exists(), "the newest text")
    assert "range</span>" in (served.site / "slow.html").read_text()
    wait_for(lambda: not alive(int(first)), "the old cell is given up")


def test_edits_below_a_training_that_runs_wait_for_its_state(notes: Path, serve: type[Served]) -> None:
    train = "```{python}\nimport time\nopen('runs', 'a').write('x')\nfor k in range(30):\n    time.sleep(0.1)\n```\n"
    page = train + "\n```{python}\nprint('TEXT', k)\n```\n"
    (notes / "a.md").write_text(page.replace("TEXT", "old"))
    served = serve()
    wait_for(lambda: (notes / "runs").exists(), "the training runs")
    served.save("a.md", page.replace("TEXT", "new"))
    wait_for(lambda: "new 29" in served.get("/a.html")[1], "the new text with the old state")
    assert (notes / "runs").read_text() == "x"


def test_templates_are_seen_and_the_program_is_told(tmp_path: Path, notes: Path) -> None:
    program = tmp_path / "program"
    program.mkdir()
    for name in ("gradpress", "filters", "templates"):
        shutil.copytree(ROOT / name, program / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "build.py", program)
    (notes / "a.md").write_text("# A\n")
    with Served(tmp_path, home=program).built() as served:
        footer = program / "templates" / "parts" / "footer.html.j2"
        footer.write_text(footer.read_text() + "\n<p>Our own footer</p>\n")
        wait_for(lambda: "Our own footer" in served.get("/a.html")[1], "the new template")
        (program / "gradpress" / "amounts.py").touch()
        served.says("amounts.py of Gradpress changed: start serve again to use it")
        assert '"restart": ["amounts.py"]' in events(served)


def test_what_serves_is_not_imported_by_builds(notes: Path, build: Build, tmp_path: Path) -> None:
    (notes / "a.md").write_text("# A\n\n```{python}\n1 + 1\n```\n")
    code = (
        "import sys; from gradpress.cli import main; assert main(sys.argv[1:]) == 0; "
        "found = {n.partition('.')[0] for n in sys.modules}; "
        "print(sorted(found & {'starlette', 'uvicorn', 'watchfiles', 'asyncio', 'anyio'}))"
    )
    command = ["html", f"--content={notes}", f"--output={tmp_path / 'site'}", f"--cache={tmp_path / 'cache'}"]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}", *command],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
