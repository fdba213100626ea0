"""TeX that says only how something is printed: breaks, spaces, fonts, marks for lists."""

from __future__ import annotations

from gradpress.patterns import pattern

_SILENT = pattern(
    r"^(?:\\(?:newpage|clearpage|pagebreak|noindent|indent|medskip|bigskip|smallskip|hfill|vfill|centering|par|label"
    r"|vspace|hspace|setlength|setcounter|addtocounter|thispagestyle|pagestyle|maketitle|tableofcontents|phantomsection"
    r"|index|glossary|frontmatter|mainmatter|backmatter|appendix|cleardoublepage|listof[a-z]+|printindex|makeindex"
    r"|FloatBarrier|linebreak|nolinebreak|allowbreak|addcontentsline|bibliographystyle|markboth|markright"
    r"|qedhere|protect|relax|quad|qquad|sc|(?:up|it|sl|sc)shape|(?:sf|rm|tt)family|(?:md|bf)series|normalfont|selectfont|rm|tt|sf|sl|bf|it|em|tiny|scriptsize|LARGE|huge|Huge|(?:onehalf|double|single)spacing|normalsize|small|large|footnotesize|Large|sloppy|raggedright|color)\*?"
    r"(?:\[[^\]]*\]|\{[^{}]*\})*\s*|\\(?:vskip|hskip|kern)\s*-?[\d.]+\s*[a-z]+(?:\s+(?:plus|minus)\s*-?[\d.]+\s*[a-z]+)*\s*)+$"
)
"""Layout that only a printed page has; dropping it loses nothing."""


def only(text: str) -> bool:
    """Whether TeX outside mathematics is nothing else."""
    return bool(_SILENT.match(text.strip()))
