from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from npm_packages import nowhere, npm_cache  # noqa: F401

from gradpress.diagnostics import GradpressError, UsageError
from gradpress.math import katex, known, local_mathjax, mathjax, npm
from gradpress.math.integrity import INTEGRITY, LOCK
from gradpress.settings import Math
from gradpress.tex import packages
from gradpress.tex.preamble import parse

EMPTY = parse("")
VERSIONS = ("3.2.2", "4.1.3")


@pytest.mark.parametrize(
    ("math", "url"),
    [
        (Math(), "https://cdn.jsdelivr.net/npm/mathjax@3.2.2/es5/tex-chtml.js"),
        (Math(version="4.1.3"), "https://cdn.jsdelivr.net/npm/mathjax@4.1.3/tex-chtml.js"),
        (Math(source="unpkg", bundle="tex-svg-full"), "https://unpkg.com/mathjax@3.2.2/es5/tex-svg-full.js"),
        (
            Math(source="cdnjs", version="4.1.3", bundle="tex-svg"),
            "https://cdnjs.cloudflare.com/ajax/libs/mathjax/4.1.3/tex-svg.js",
        ),
        (Math(version="3"), "https://cdn.jsdelivr.net/npm/mathjax@3/es5/tex-chtml.js"),
        (Math(version="3.1.4"), "https://cdn.jsdelivr.net/npm/mathjax@3.1.4/es5/tex-chtml.js"),
        (Math(version="4.0.0"), "https://cdn.jsdelivr.net/npm/mathjax@4.0.0/tex-chtml.js"),
        (Math(source="../mine/tex-svg.js"), "../mine/tex-svg.js"),
        (Math(source="local"), "a/mathjax-3.2.2/es5/tex-chtml.js"),
    ],
)
def test_url(math: Math, url: str) -> None:
    assert mathjax.script(math, folder="a/mathjax-3.2.2").url == url


@pytest.mark.parametrize("source", ["jsdelivr", "unpkg"])
@pytest.mark.parametrize("version", VERSIONS)
def test_every_bundle_of_a_pinned_version_has_integrity(source: str, version: str) -> None:
    for bundle in mathjax.BUNDLES[version[0]]:
        tag = mathjax.script(Math(source=source, version=version, bundle=bundle))
        assert tag.integrity == INTEGRITY[f"mathjax@{version}/{bundle}"]
        assert tag.crossorigin == "anonymous"


@pytest.mark.parametrize(
    "math", [Math(version="3"), Math(version="3.1.4"), Math(source="cdnjs"), Math(source="local"), Math(source="/x.js")]
)
def test_no_integrity_where_the_bytes_may_differ(math: Math) -> None:
    assert mathjax.script(math).integrity is None


def test_integrity_is_that_of_the_published_files(npm_cache: Path, nowhere: Path) -> None:  # noqa: F811
    for version in VERSIONS:
        root = npm.package("mathjax", version, npm_cache, nowhere) / ("es5" if version[0] == "3" else "")
        for bundle in mathjax.BUNDLES[version[0]]:
            digest = hashlib.sha384((root / f"{bundle}.js").read_bytes()).digest()
            assert INTEGRITY[f"mathjax@{version}/{bundle}"] == f"sha384-{base64.b64encode(digest).decode()}"
        others = {p.stem for p in root.glob("*-*.js")} - set(mathjax.BUNDLES[version[0]])
        assert others <= {"node-main", "tex-chtml-full-speech"}


def test_the_known_commands_are_those_of_the_published_parser(npm_cache: Path, nowhere: Path) -> None:  # noqa: F811
    tool = Path(__file__).parent / "tools" / "known_commands.mjs"
    for version in VERSIONS:
        root = npm.package("mathjax", version, npm_cache, nowhere)
        done = subprocess.run(["node", str(tool), str(root)], capture_output=True, text=True, timeout=60, check=True)
        stored = Path(known.__file__).parent.parent / "data" / f"mathjax-{version[0]}.json"
        assert json.loads(done.stdout) == json.loads(stored.read_text(encoding="utf-8"))


@pytest.mark.parametrize("version", VERSIONS)
def test_impossible_bundle_names_the_possible_ones(version: str) -> None:
    wrong = "tex-chtml-nofont" if version[0] == "3" else "tex-chtml-full"
    with pytest.raises(UsageError) as caught:
        mathjax.script(Math(version=version, bundle=wrong))
    assert caught.value.diagnostic.rule == "mathjax-bundle"
    assert all(bundle in caught.value.diagnostic.message for bundle in mathjax.BUNDLES[version[0]])


@pytest.mark.parametrize("math", [Math(version="2.7.9"), Math(version="newest"), Math(source="jsdeliver")])
def test_wrong_value(math: Math) -> None:
    with pytest.raises(UsageError) as caught:
        mathjax.script(math)
    assert caught.value.diagnostic.rule == "key-value"


@pytest.mark.parametrize(("asked", "got"), [("3", "3.2.2"), ("3.2", "3.2.2"), ("4", "4.1.3"), ("v4.1", "4.1.3")])
def test_a_short_version_is_the_one_that_is_known(asked: str, got: str) -> None:
    assert local_mathjax.folder_name(Math(source="local", version=asked)) == f"mathjax-{got}"
    assert f"/{got}/" in mathjax.edition(Math(source="cdnjs", version=asked)).url


def test_a_short_version_of_which_nothing_is_known() -> None:
    with pytest.raises(UsageError, match=r"three numbers.* source is local, not '4.0'"):
        mathjax.script(Math(source="local", version="4.0"))


def test_a_url_tells_version_and_bundle() -> None:
    url = "https://example.org/npm/mathjax@4.0.0/tex-svg.min.js"
    assert mathjax.edition(Math(source=url)) == mathjax.Edition("4.0.0", "tex-svg", url)


def test_packages_are_loaded_and_switched_on() -> None:
    config = mathjax.configuration(Math(), parse(r"\usepackage{physics,mhchem}\usepackage[dvipsnames]{xcolor}"))
    assert config["tex"]["packages"]["[+]"] == ["mathtools", "textmacros", "physics", "mhchem", "color"]
    assert config["loader"]["load"] == ["ui/safe", *(f"[tex]/{name}" for name in config["tex"]["packages"]["[+]"])]


def test_a_full_bundle_loads_nothing_twice() -> None:
    config = mathjax.configuration(Math(bundle="tex-chtml-full"), parse(r"\usepackage{physics}"))
    assert config["loader"]["load"] == ["ui/safe"]
    assert "physics" in config["tex"]["packages"]["[+]"]


def test_unknown_package() -> None:
    assert mathjax.unknown_packages(parse(r"\usepackage{siunitx,amsmath,geometry,physics,xspace}")) == ("siunitx",)


@pytest.mark.parametrize("version", VERSIONS)
def test_counterparts_exist(version: str) -> None:
    """Every extension of the table exists in one version, and every stand-in fills a gap in one."""
    everything = known.extensions("3") | known.extensions("4")
    for counterpart in packages.PACKAGES.values():
        assert set(counterpart.extensions) <= everything
    macros = packages.stand_ins(packages.PACKAGES, version, known.standard(version, "tex-chtml"))
    assert "sfrac" in macros
    assert ("nicefrac" in macros) == (version[0] == "3" or "units" not in known.standard(version, "tex-chtml"))


def test_the_author_wins() -> None:
    own = {"tex": {"tags": "all", "macros": {"R": "r"}}, "loader": {"load": ["[tex]/gensymb"]}, "svg": {"scale": 2}}
    config = mathjax.configuration(Math(config=own), parse(r"\newcommand{\R}{\mathbb{R}}\newcommand{\Q}{q}"))
    assert config["tex"]["tags"] == "all"
    assert (config["tex"]["macros"]["R"], config["tex"]["macros"]["Q"]) == ("r", "q")
    assert {"ui/safe", "[tex]/mathtools", "[tex]/gensymb"} <= set(config["loader"]["load"])
    assert config["svg"] == {"scale": 2}


def test_the_author_can_switch_an_extension_on_and_off() -> None:
    config = mathjax.configuration(
        Math(config={"tex": {"packages": {"[+]": ["gensymb"], "[-]": ["mathtools", "textmacros"]}}}), EMPTY
    )
    assert config["tex"]["packages"]["[+]"] == ["gensymb"]
    assert config["loader"]["load"] == ["ui/safe", "[tex]/gensymb"]


def test_a_definition_of_the_author_replaces_a_stand_in() -> None:
    config = mathjax.configuration(Math(), parse(r"\newcommand{\bm}[1]{\mathbf{#1}}"))
    assert config["tex"]["macros"]["bm"] == ["\\mathbf{#1}", 1]


@given(st.text(st.sampled_from("</script>!-\u2028\u2029\\\"'abc")))
def test_the_script_cannot_be_left(text: str) -> None:
    made = mathjax.to_script({"tex": {"macros": {"x": text}, "prelude": text}})
    assert "</" not in made
    assert "<!" not in made
    assert not set("\u2028\u2029") & set(made)


@given(st.text())
def test_the_script_says_what_was_meant(text: str) -> None:
    made = mathjax.to_script({"tex": {"macros": {"x": text}}})
    literal = made.removeprefix("window.MathJax = ").split(";\n(function", 1)[0]
    assert json.loads(literal)["tex"]["macros"] == {"x": text}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_local_copy_is_lean_and_left_alone(version: str, npm_cache: Path, nowhere: Path, tmp_path: Path) -> None:  # noqa: F811
    math = Math(source="local", version=version)
    tag = local_mathjax.install(math, npm_cache, tmp_path, near=nowhere, languages=["de-AT"])
    assert (tmp_path / tag.url).is_file()
    files = {path: path.stat() for path in tmp_path.rglob("*") if path.is_file()}
    assert sum(state.st_size for state in files.values()) < 8_000_000
    assert {path.stem for path in files if path.parent.name == "mathmaps"} == {"base", "nemeth", "en", "de"}
    local_mathjax.install(math, npm_cache, tmp_path, near=nowhere, languages=["de-AT"])
    assert {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in files} == {
        p: (s.st_ino, s.st_mtime_ns) for p, s in files.items()
    }


def test_node_modules_above_the_notes_come_first(tmp_path: Path) -> None:
    installed = tmp_path / "node_modules" / "mathjax"
    installed.mkdir(parents=True)
    (installed / "package.json").write_text('{"version": "3.0.1"}')
    near = tmp_path / "content" / "deep"
    near.mkdir(parents=True)
    assert npm.package("mathjax", "3.0.1", tmp_path / "cache", near) == installed


def _tarball(path: Path, **files: bytes) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


@pytest.fixture
def fake_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `npm` that hands out `served.tgz`, or fails when there is none."""
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    served = tmp_path / "served.tgz"
    program.write_text(
        f"#!/bin/sh\ntest -e {served} || {{ echo 'npm ERR! no such package' >&2; exit 1; }}\ncp {served} .\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return served


def _fails(name: str, version: str, tmp_path: Path) -> str:
    with pytest.raises(GradpressError) as caught:
        npm.package(name, version, tmp_path / "cache", tmp_path)
    assert caught.value.diagnostic.rule == "mathjax-local"
    assert not list((tmp_path / "cache" / "npm").glob("*")), "a failure leaves nothing behind"
    return caught.value.diagnostic.message


def test_a_fetched_package_is_stored(fake_npm: Path, tmp_path: Path) -> None:
    _tarball(fake_npm, **{"package__package.json": b'{"version": "3.9.9"}', "package__cjs__big.js": b"1"})
    folder = npm.package("mathjax", "3.9.9", tmp_path / "cache", tmp_path)
    assert [p.name for p in folder.iterdir()] == ["package.json"]
    fake_npm.unlink()
    assert npm.package("mathjax", "3.9.9", tmp_path / "cache", tmp_path) == folder


def test_another_file_than_the_published_one_is_refused(fake_npm: Path, tmp_path: Path) -> None:
    assert "mathjax@3.2.2" in LOCK
    _tarball(fake_npm, **{"package__package.json": b'{"version": "3.2.2"}'})
    assert "sha512" in _fails("mathjax", "3.2.2", tmp_path)


def test_a_tarball_cannot_write_elsewhere(fake_npm: Path, tmp_path: Path) -> None:
    _tarball(fake_npm, **{"package__package.json": b'{"version": "3.9.9"}', "..__..__..__outside": b"x"})
    assert "unpacked" in _fails("mathjax", "3.9.9", tmp_path)
    assert not list(tmp_path.rglob("outside"))


def test_no_such_package(fake_npm: Path, tmp_path: Path) -> None:
    assert "no such package" in _fails("mathjax", "3.9.9", tmp_path)


def test_npm_that_hangs_is_stopped(fake_npm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin" / "npm").write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(npm, "TIMEOUT", 0.2)
    assert "did not end" in _fails("mathjax", "3.9.9", tmp_path)


def test_no_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "'npm' is needed" in _fails("mathjax", "3.9.9", tmp_path)


def test_katex_macros() -> None:
    preamble = parse(
        r"\newcommand{\R}{\mathbb{R}}\newcommand{\v}[1]{\mathbf{#1}}\newcommand{\o}[2][x]{#1#2}"
        r"\DeclareMathOperator*{\am}{arg\,min}\DeclarePairedDelimiter{\abs}{\lvert}{\rvert}"
    )
    assert katex.katex_macros(preamble) == {
        "\\R": r"\mathbb{R}",
        "\\v": r"\mathbf{#1}",
        "\\am": r"\operatorname*{arg\,min}",
        "\\abs": r"\lvert#1\rvert",
    }


def test_katex_head_is_pinned() -> None:
    head = katex.head(Math(method="katex"), parse(r"\newcommand{\x}{</script>}"))
    assert head.count('integrity="sha384-') == 2
    assert head.count("</script>") == 2


def test_katex_integrity_is_that_of_the_published_files(npm_cache: Path, nowhere: Path) -> None:  # noqa: F811
    root = npm.package("katex", katex.VERSION, npm_cache, nowhere)
    for name in ("katex.min.js", "katex.min.css"):
        digest = hashlib.sha384((root / "dist" / name).read_bytes()).digest()
        assert INTEGRITY[f"katex@{katex.VERSION}/dist/{name}"] == f"sha384-{base64.b64encode(digest).decode()}"
