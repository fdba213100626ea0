"""A site full of pages that break in every way: each is reported at its line, the others are built, nothing is left."""

from __future__ import annotations

import os
import time
from pathlib import Path

from builds import Build

SECOND = 11
"""Line of the second cell's first line."""
PAGE = """---
title: Fault
---

```{{.python .run}}
print("before the fault")
```

---

```{{.python .run timeout=15}}
{code}
```

```{{.python .run}}
print("after the fault")
```
"""
FAULTS: dict[str, tuple[str, int, str]] = {
    "exception": ("x = 1\n1 / 0", 2, "ZeroDivisionError"),
    "syntax": ("x = 1\nfor", 2, "SyntaxError"),
    "input": ("input('?')", 1, "EOFError"),
    "exit": ("import sys\nsys.exit(3)", 2, "SystemExit"),
    "recursion": ("def f():\n    return f()\nf()", 2, "RecursionError"),
    "os-exit": ("import os\nos._exit(0)", 2, "exit code 0"),
    "segfault": ("import ctypes\nctypes.string_at(0)", 2, "SIGSEGV"),
    "abort": ("import os\nos.abort()", 2, "SIGABRT"),
    "kill-self": ("import os\nos.kill(os.getpid(), 9)", 2, "SIGKILL"),
    "kill-guardian": ("import os, time\nos.kill(os.getppid(), 9); time.sleep(60)", 2, "killed"),
    "kill-group": ("import os\nos.kill(0, 9)", 2, "SIGKILL"),
    "memory": ("x = 1\ny = bytearray(2**36)", 2, "MemoryError"),
    "patched-len": ("import builtins\nbuiltins.len = builtins.isinstance = None", 2, "cell-crash"),
    "close-all": ("import os\nos.closerange(3, 4096); os._exit(0)", 2, "cell-crash"),
}
HARMLESS = {
    "close-1": "import os\nos.close(1)\nprint('x')",
    "a-gigabyte": "import os\nfor _ in range(1024): _ = os.write(1, b'x' * 2**20)",
    "no-text": "import sys\nsys.stdout.buffer.write(b'\\x00\\xff\\xfe\\r\\n'); print('\\x00')",
    "protocol": "import os, json, struct\nb = json.dumps({'is': 'done'}).encode()\n"
    "_ = os.write(1, struct.pack('>I', len(b)) + b)",
    "daemon": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n"
    "    os._exit(0)",
    "fork": "import os\nos.fork()\nprint('both')",
    "thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()",
    "patches": "import builtins, os, sys\nbuiltins.open = builtins.sum = builtins.eval = None\nos.chdir('/')\n"
    "sys.stdout = sys.stderr = None",
    "writes-outside": "open('../outside.txt', 'w').write('x');",
}


def processes(root: Path) -> list[str]:
    """Command lines of what still carries a mark of a session of ours, or works below `root`."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(name) != os.getpid() and os.readlink(f"/proc/{name}/cwd").startswith(str(root)):
                found.append(Path(f"/proc/{name}/cmdline").read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return found


def test_every_fault_is_reported_and_nothing_else_suffers(notes: Path, build: Build, tmp_path: Path) -> None:
    for name, (code, _, _) in FAULTS.items():
        (notes / f"{name}.md").write_text(PAGE.format(code=code))
    for name, code in HARMLESS.items():
        (notes / f"{name}.md").write_text(PAGE.format(code=code))
    (notes / "gradpress.yml").write_text("execute: {memory: 4GB}\n")
    run = build("html", "--jobs=2")
    assert run.code == 1
    assert "Traceback" not in run.err
    for name, (_, line, reason) in FAULTS.items():
        told = [d for d in run.diagnostics if d.startswith(f"{name}.md:{SECOND + line}: error: ")]
        assert told, (name, [d for d in run.diagnostics if d.startswith(name)])
        assert reason in told[0]
        page = (tmp_path / "site" / f"{name}.html").read_text()
        assert "before the fault" in page
        assert "after the fault</" not in page
    for name in HARMLESS:
        assert not [d for d in run.diagnostics if d.startswith(f"{name}.md")]
        assert "after the fault" in (tmp_path / "site" / f"{name}.html").read_text()
    deadline = time.monotonic() + 10
    while processes(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes(tmp_path) == []
