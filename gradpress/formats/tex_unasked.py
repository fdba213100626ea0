r"""What MathJax knows without a `\usepackage`, for LaTeX: packages and stand-ins, where a page uses them.

`$\mathscr{D}$` and `$\cancel{x}$` show in HTML whatever the preamble says, so notes that were written for HTML alone
have them without a package.
"""

from __future__ import annotations

from collections.abc import Collection

from gradpress.patterns import pattern

_PACKAGES = {
    "mathrsfs": "mathscr mathbfscr symscr symbfscr",
    "cancel": "cancel bcancel xcancel cancelto",
    "braket": "bra ket braket Bra Ket Braket",
    "mhchem": "ce pu",
}
"""Package → its commands that MathJax has in every formula."""
_DRAWING = {"tikz": ("tikzpicture", "pgfpicture"), "tikz-cd": ("tikzcd",)}
"""Package → its environments, which HTML draws whatever the preamble says."""
_OTHERS = {"cancel": ("mhchem",), "braket": ("physics", "braket"), "mathrsfs": ("unicode-math", "calrsfs", "rsfso")}
"""Packages that have the same commands."""
_STAND_INS = {
    r"\mathup": r"\mathrm", r"\mathbfup": r"\mathbf", r"\mathsfup": r"\mathsf",
    r"\symup": r"\mathrm", r"\symrm": r"\mathrm", r"\symnormal": r"\mathnormal", r"\symit": r"\mathit",
    r"\symbf": r"\mathbf", r"\symbfup": r"\mathbf", r"\symsf": r"\mathsf", r"\symsfup": r"\mathsf",
    r"\symtt": r"\mathtt", r"\symcal": r"\mathcal", r"\symfrak": r"\mathfrak", r"\symscr": r"\mathscr",
    r"\mathbfit": r"\boldsymbol", r"\symbfit": r"\boldsymbol",
    r"\mathbfcal": r"\gpbold\mathcal", r"\symbfcal": r"\gpbold\mathcal",
    r"\mathbffrak": r"\gpbold\mathfrak", r"\symbffrak": r"\gpbold\mathfrak",
    r"\mathbfscr": r"\gpbold\mathscr", r"\symbfscr": r"\gpbold\mathscr",
    r"\mathsfit": r"\gpsfit", r"\symsfit": r"\gpsfit",
    r"\mathbfsf": r"\gpbfsf", r"\symbfsf": r"\gpbfsf", r"\mathbfsfup": r"\gpbfsf", r"\symbfsfup": r"\gpbfsf",
    r"\omicron": "o",
}  # fmt: skip
"""MathJax's command → what LaTeX has for it; the first ones are unicode-math's, which Gradpress does not load."""
_ALPHABETS = {
    r"\gpbold": r"\newcommand{\gpbold}[2]{\boldsymbol{#1{#2}}}",
    r"\gpsfit": r"\DeclareMathAlphabet{\gpsfit}{OT1}{cmss}{m}{sl}",
    r"\gpbfsf": r"\DeclareMathAlphabet{\gpbfsf}{OT1}{cmss}{bx}{n}",
}
_COMMAND = pattern(r"\\[A-Za-z]+")


def lines(text: str, loaded: Collection[str]) -> str:
    """The lines that a page whose LaTeX is `text` needs besides the packages that its author loads."""
    used = set(_COMMAND.findall(text))
    wanted = [name for name, commands in _PACKAGES.items() if used & {f"\\{c}" for c in commands.split()}]
    packages = [name for name in wanted if name not in loaded and not {*_OTHERS.get(name, ())} & {*loaded}]
    drawing = [name for name, those in _DRAWING.items() if any(f"\\begin{{{one}}}" in text for one in those)]
    packages += [name for name in drawing if name not in loaded]
    stand_ins = {name: meant for name, meant in _STAND_INS.items() if name in used}
    alphabets = [made for name, made in _ALPHABETS.items() if any(name in meant for meant in stand_ins.values())]
    return "\n".join(
        [
            *(f"\\IfFileExists{{{name}.sty}}{{\\usepackage{{{name}}}}}{{}}" for name in packages),
            *alphabets,
            *(f"\\providecommand{{{name}}}{{{meant}}}" for name, meant in stand_ins.items()),
        ]
    )
