"""Images in a format that one of the outputs cannot show."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from builds import Build
from PIL import Image

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80"><text x="20" y="45">Drawn</text></svg>'


def test_svg_in_pdf(notes: Path, build: Build) -> None:
    (notes / "a.svg").write_text(SVG)
    (notes / "page.md").write_text("# Page\n\n![Caption](a.svg)\n")
    run = build("pdf")
    assert run.diagnostics == []
    shown = subprocess.run(["pdftotext", notes.parent / "site/page.pdf", "-"], capture_output=True, text=True).stdout
    assert "Drawn" in shown


def test_svg_without_a_program(notes: Path, build: Build, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("xelatex", "kpsewhich", "xdvipdfmx", "fc-list", "fc-match"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    (notes / "a.svg").write_text(SVG)
    (notes / "page.md").write_text("# Page\n\n![Caption](a.svg)\n")
    run = build("tex", env={**os.environ, "PATH": str(programs)})
    assert run.diagnostics == [
        "page.md:3: warning: the image 'a.svg' cannot be made PDF without rsvg-convert or inkscape; "
        "PDF shows its words  [image-format]"
    ]
    assert build("tex").diagnostics == []  # now there is one


def test_pdf_in_html(notes: Path, build: Build) -> None:
    Image.new("RGB", (60, 20), "teal").save(notes / "a.pdf", "PDF", resolution=72)
    (notes / "page.md").write_text("# Page\n\n![Caption](a.pdf)\n\n[The file](a.pdf)\n")
    assert build("html").diagnostics == []
    text = (notes.parent / "site/page.html").read_text()
    assert 'src="assets/figures/' in text
    assert 'style="width:80px"' in text or 'width="80"' in text
    assert 'href="a.pdf"' in text


def test_images_of_one_name(notes: Path, build: Build) -> None:
    for folder, size in (("a", 30), ("b", 60)):
        (notes / folder).mkdir()
        Image.new("RGB", (size, size), "teal").save(notes / folder / "x.png")
    (notes / "page.md").write_text("# Page\n\n![A](a/x.png)\n\n![B](b/x.png)\n")
    assert build("tex").code == 0
    copied = sorted(Image.open(path).width for path in (notes.parent / "site/page_files").iterdir())
    assert copied == [30, 60]
