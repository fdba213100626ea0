r"""Commands that LaTeX has with amsmath: `\newcommand` refuses them there, and MathJax takes their new meaning.

Asked of LaTeX, one by one: those of MathJax's base and AMS commands, and of ours, that are defined in an `article`
which loads amsmath.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradpress.tex.macros import Macro, Preamble
from gradpress.tex.tokens import Problem

NAMES = frozenset(
    """
    AA AE And Arrowvert Big Bigg Biggl Biggm Biggr Bigl Bigm Bigr Box DeclareDocumentCommand
    DeclareDocumentEnvironment DeclareMathOperator DeclareRobustCommand Delta Diamond Downarrow Gamma H Huge Im Join L
    LARGE LaTeX Lambda Large Leftarrow Leftrightarrow Longleftarrow Longleftrightarrow Longrightarrow MakeLowercase
    MakeUppercase NewDocumentCommand NewDocumentEnvironment NewExpandableDocumentCommand O OE Omega P Phi Pi Pr
    ProvideDocumentCommand ProvideDocumentEnvironment Psi Re RenewDocumentCommand RenewDocumentEnvironment
    RequirePackage Rightarrow S SS Sigma TeX Theta Uparrow Updownarrow Upsilon Vert Xi a aa above abovewithdelims
    acute addtocounter addtolength advance ae aleph alpha amalg angle approx arccos arcsin arctan arg array arrowvert
    ast asymp atop atopwithdelims author b backslash bar begin beta bf bibliography bibliographystyle big bigcap
    bigcirc bigcup bigg biggl biggm biggr bigl bigm bigodot bigoplus bigotimes bigr bigsqcup bigtriangledown
    bigtriangleup biguplus bigvee bigwedge binom bmod boldmath boldsymbol bot bowtie box boxed brace bracevert brack
    breve buildrel bullet c cal cap cases cdot cdotp cdots cfrac char check chi choose circ circle cite clap clubsuit
    colon cong coprod copy cos cosh cot coth cr csc cup d dagger dashbox dashv date day dbinom ddagger ddddot dddot
    ddot ddots def deg delta det detokenize dfrac diamond diamondsuit dim displaylines displaystyle div divide do
    documentclass dot doteq dots dotsb dotsc dotsi dotsm dotso downarrow edef ell else em emph empty emptyset end
    enspace ensuremath epsilon eqref equiv eta exists exp fbox fi fill flat footnote forall foreignlanguage frac frame
    framebox frown gamma gcd gdef ge genfrac geq gets gg grave hat hbar hbox heartsuit hfil hfill hline hom
    hookleftarrow hookrightarrow hphantom hskip hspace huge i idotsint if iff iiiint iiint iint imath impliedby
    implies in include includeonly index inf infty injlim input int intertext intop iota it item j jmath k kappa ker
    kern l lVert label lambda land langle large lbrace lbrack lceil ldotp ldots le leadsto left leftarrow
    leftharpoondown leftharpoonup leftrightarrow leftroot leq lfloor lg lgroup lhd lim liminf limits limsup line ll
    llap lmoustache ln lnot log longleftarrow longleftrightarrow longmapsto longrightarrow lor lower lowercase lvert
    makebox mapsto mark mathbf mathbin mathcal mathchoice mathclose mathinner mathit mathnormal mathop mathopen
    mathord mathpunct mathrel mathring mathrm mathsf mathstrut mathtt mathversion matrix max mbox mho mid middle min
    mit mkern mod models month moveleft moveright mp mskip mspace mu multiply nabla natural ne nearrow neg negmedspace
    negthickspace negthinspace neq newcommand newcount newcounter newdimen newenvironment newif newlength newline
    newsavebox newtoks ni nobreakspace nocite nolimits nonscript nonumber normalsize not notag notin nu null number
    nwarrow o odot oe oint oldstylenums omega ominus operatorname oplus or oslash otimes output oval over overbrace
    overleftarrow overleftrightarrow overline overrightarrow overset overunderset overwithdelims owns pagenumbering
    pageref pagestyle par parallel part partial perp phantom phi pi pm pmatrix pmb pmod pod prec preceq prime prod
    projlim propto providecommand psi put qquad quad r rVert raise raisebox rangle rbrace rbrack rceil read ref
    renewcommand renewenvironment rfloor rgroup rhd rho right rightarrow rightharpoondown rightharpoonup
    rightleftharpoons rlap rm rmoustache root rule rvert savebox sc scriptscriptstyle scriptsize scriptstyle searrow
    sec section setcounter setlength setminus sf sharp shoveleft shoveright sideset sigma sim simeq sin sinh skew skip
    sl small smallint smash smile space spadesuit span sqcap sqcup sqrt sqsubset sqsubseteq sqsupset sqsupseteq ss
    stackrel star string strut subarray subset subseteq substack succ succeq sum sup supset supseteq surd swarrow t
    tag tan tanh tau tbinom text textbf textit textmd textnormal textrm textsc textsf textsl textstyle textsubscript
    textsuperscript texttt textup tfrac thanks the theta thinspace thispagestyle tilde time times tiny title to top
    triangle triangleleft triangleright tt u underbar underbrace underleftarrow underleftrightarrow underline
    underrightarrow underset unlhd unrhd uparrow updownarrow uplus uppercase uproot upsilon usebox usepackage v value
    varDelta varGamma varLambda varOmega varPhi varPi varPsi varSigma varTheta varUpsilon varXi varepsilon varinjlim
    varliminf varlimsup varphi varpi varprojlim varrho varsigma vartheta vcenter vdash vdots vec vector vee vert
    vphantom vspace wedge widehat widetilde wp wr write xdef xi xleftarrow xrightarrow year zeta
    """.split()
)


def clashes(preamble: Preamble) -> Iterator[Problem]:
    """The definitions of a preamble that LaTeX would refuse; here they hold in PDF, too."""
    free: set[str] = set()
    for item in preamble.items:
        if not isinstance(item, Macro) or item.name in free:
            continue
        free.add(item.name)
        new = item.kind.startswith(("newcommand", "NewDocument", "DeclareMath", "DeclarePaired"))
        if new and item.name in NAMES and not item.conditional:
            instead = "\\renewcommand" if "ommand" in item.kind else f"\\let\\{item.name}\\relax before it"
            message = f"{item.written}: LaTeX has a \\{item.name} and refuses another one elsewhere; write {instead}"
            yield Problem("macro-redefined", item.offset, message, origin=item.origin)
