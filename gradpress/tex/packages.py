r"""What stands in for a LaTeX package when MathJax shows the formulas.

Words: a *counterpart* is what MathJax is given for a package: extensions of its own, and *stand-ins*,
which are macros for commands that no extension defines.  A macro is in MathJax's form: a body, or
`[body, number of arguments]`, or `[body, number, default of the first]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradpress.math.known import extensions, known_macros
from gradpress.patterns import pattern
from gradpress.records import dataclass, field

Macro = str | list[str | int]


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What MathJax is given for one package."""

    extensions: tuple[str, ...] = ()
    """MathJax extensions; those that a version lacks are left out."""
    macros: Mapping[str, Macro] = field(default_factory=dict)
    """Stand-ins, used only where the extensions do not define the name."""


_FRACTION: Macro = [r"{}^{#1}\!/{}_{#2}", 2]
_NOT_IN_VERSION_3: dict[str, Macro] = {
    "nicefrac": _FRACTION,
    "unitfrac": [r"{}^{\mathrm{#1}}\!/{}_{\mathrm{#2}}", 2],
    "units": [r"#1\mathrm{#2}", 2, ""],
}
_DOUBLE_STRUCK: dict[str, Macro] = {
    name: [r"\mathbb{#1}", 1] for name in ("mathbbm", "mathbbmss", "mathbbmtt", "mathds", "mathbbold")
}
_REFERENCES: dict[str, Macro] = {name: [r"\ref{#1}", 1] for name in ("cref", "Cref", "labelcref", "autoref")}

ALWAYS = Counterpart(
    ("mathtools", "textmacros"),
    {
        "bm": [r"\boldsymbol{#1}", 1],
        "hm": [r"\boldsymbol{#1}", 1],
        "ensuremath": ["#1", 1],
        "intertext": [r"\notag\rlap{\text{#1}}\\", 1],
        "shortintertext": [r"\notag\rlap{\text{#1}}\\", 1],
        "textsl": [r"\textit{#1}", 1],
        "textsc": [r"\textrm{#1}", 1],
        "textmd": [r"\textrm{#1}", 1],
        "pageref": [r"\ref{#1}", 1],
        "vspace": ["", 1],
        "scalebox": [r"\text{#2}", 2],
        "resizebox": [r"\text{#3}", 3],
        "raisebox": [r"\text{#2}", 2],
        "setlength": ["", 2],
        "addtolength": ["", 2],
        "boldmath": "",
        "hdots": r"\ldots",
        "hdotsfor": [r"\cdots", 2, "1"],
        **{
            name: [rf"\{name.lower()}{{#1}}", 1]
            for name in "Hat Check Tilde Acute Grave Dot Ddot Breve Bar Vec".split()
        },
        "qedhere": r"\qquad\square",
        "relax": "",
        "protect": "",
        "displaybreak": "",
        "allowbreak": "",
        "nobreak": "",
        "noindent": "",
        "normalcolor": "",
    },
)
"""What every page may use: the TeX template loads amsmath, mathtools and bm, and LaTeX itself has the rest."""

PACKAGES: dict[str, Counterpart] = {
    "mathtools": Counterpart(("mathtools",)),
    "empheq": Counterpart(("empheq", "mathtools")),
    "cases": Counterpart(("cases", "empheq")),
    "physics": Counterpart(("physics",)),
    "mhchem": Counterpart(("mhchem",)),
    "cancel": Counterpart(("cancel",)),
    "braket": Counterpart(("braket",)),
    "color": Counterpart(("color",)),
    "xcolor": Counterpart(("color",)),
    "colortbl": Counterpart(("colortbl", "color")),
    "centernot": Counterpart(("centernot",)),
    "gensymb": Counterpart(("gensymb",)),
    "textcomp": Counterpart(("textmacros", "textcomp")),
    "upgreek": Counterpart(("upgreek",)),
    "units": Counterpart(("units",), _NOT_IN_VERSION_3),
    "nicefrac": Counterpart(("units",), _NOT_IN_VERSION_3),
    "xfrac": Counterpart((), {"sfrac": _FRACTION}),
    "amscd": Counterpart(("amscd",)),
    "bussproofs": Counterpart(("bussproofs",)),
    "extpfeil": Counterpart(("extpfeil",)),
    "bboldx": Counterpart(("bboldx",), _DOUBLE_STRUCK),
    # The font of [tex]/bbm has no release for 4.1, that of [tex]/dsfont none at all: loading them stops MathJax.
    "bbm": Counterpart((), _DOUBLE_STRUCK),
    "bbold": Counterpart((), _DOUBLE_STRUCK),
    "dsfont": Counterpart((), _DOUBLE_STRUCK),
    "doublestroke": Counterpart((), _DOUBLE_STRUCK),
    "slashed": Counterpart((), {"slashed": [r"\not{#1}", 1]}),
    "xspace": Counterpart((), {"xspace": ""}),
    "relsize": Counterpart((), {"mathlarger": [r"{\large #1}", 1], "mathsmaller": [r"{\small #1}", 1]}),
    "esint": Counterpart((), {"oiint": r"\mathop{∯}\nolimits", "oiiint": r"\mathop{∰}\nolimits"}),
    "accents": Counterpart((), {"accentset": [r"\overset{#1}{#2}", 2], "underaccent": [r"\underset{#1}{#2}", 2]}),
    "cleveref": Counterpart((), _REFERENCES),
    "hyperref": Counterpart((), _REFERENCES),
}
"""LaTeX package → its counterpart.  Every package of this table or of `PLAIN` is a known one."""

_PLAIN = """
amsmath amssymb amsfonts amsthm amsopn amsbsy amstext amsxtra latexsym mathrsfs eucal eufrak bm
geometry graphicx graphics inputenc fontenc textgreek babel polyglossia csquotes microtype fontspec xunicode
lmodern times mathptmx mathpazo newtxtext newtxmath newpxtext newpxmath libertine libertinus cmap fixcmex
unicode-math mathspec ulem soul setspace parskip fancyhdr titlesec titling titletoc tocloft tocbibind enumitem
enumerate paralist booktabs array tabularx tabulary longtable ltablex multicol multirow makecell
caption subcaption subfig subfigure float floatrow wrapfig placeins sidecap rotating pdflscape lscape
url xurl bookmark nameref natbib biblatex cite doi footmisc footnote pdfpages lineno appendix fullpage a4wide
listings minted fancyvrb fvextra verbatim comment alltt tcolorbox mdframed framed todonotes marginnote lipsum
blindtext kantlipsum etoolbox calc ifthen xifthen xparse expl3 iftex ifxetex ifluatex ifpdf import subfiles
standalone xr xr-hyper varioref thmtools ntheorem theorem thm-restate authblk abstract datetime datetime2
xcolor-material algorithm algorithmic algorithmicx algpseudocode algorithm2e tikz pgf pgfplots tikz-cd
pgfplotstable epstopdf epsfig svg adjustbox grffile indentfirst changepage etex ragged2e textpos xltxtra fix-cm
chngcntr sectsty cprotect palatino mathpple helvet courier charter fourier kpfonts tgpagella tgtermes bookman
newcent utopia natmove psfrag threeparttable hhline diagbox dcolumn lastpage fncychap minitoc needspace lettrine
makeidx imakeidx index nomencl glossaries acronym environ emptypage vmargin anysize typearea scrlayer-scrpage
eso-pic backref multibib bibentry endnotes mparhack footmisc scalefnt anyfontsize exscale type1cm cm-super soulutf8
mathastext sansmath eulervm inconsolata beramono sourcecodepro courierten fourier-orns calrsfs stmaryrd wasysym
marvosym pifont fontawesome fontawesome5 hyphenat paracol quoting epigraph lscape transparent xltabular ltxtable
underscore resizegather flafter afterpage hypcap pdfcomment silence scrextend
"""
PLAIN = frozenset(_PLAIN.split())
"""Packages that need no counterpart: MathJax has their commands anyway, or they concern the text and the page."""
_CONFERENCE = pattern(
    r"(?:icml|neurips|nips|iclr|aistats|colt|corl|colm|cvpr|iccv|eccv|wacv|acl|emnlp|naacl|eacl|coling|aaai|ijcai|kdd|uai"
    r"|mlsys|tmlr|interspeech|icassp|spconf)(?:[_\d-][\w-]*)?"
)


def is_conference(package: str) -> bool:
    """Whether the package lays out the papers of a conference, which no page here should look like."""
    return bool(_CONFERENCE.fullmatch(package))


def is_known(package: str) -> bool:
    """Whether formulas that use `package` come out in HTML as far as the table says."""
    return package in PLAIN or package in PACKAGES or is_conference(package)


def extensions_for(packages: Iterable[str], version: str) -> tuple[str, ...]:
    """The extensions to load, each once, in the order of the packages."""
    wanted = [*ALWAYS.extensions]
    for name in packages:
        wanted += PACKAGES.get(name, Counterpart()).extensions
    available = extensions(version)
    return tuple(name for name in dict.fromkeys(wanted) if name in available)


def stand_ins(packages: Iterable[str], version: str, active: Iterable[str]) -> dict[str, Macro]:
    """Macros for what the `active` extensions leave undefined."""
    defined = known_macros(version, active)
    parts = [ALWAYS, *(PACKAGES[name] for name in packages if name in PACKAGES)]
    return {name: body for part in parts for name, body in part.macros.items() if name not in defined}
