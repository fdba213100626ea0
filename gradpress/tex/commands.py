r"""What is known of LaTeX's own commands: their arguments, and how they behave as a script.

A *signature* is one letter per argument, in the order in which the command takes them:

    m  mandatory, in the mode of its surroundings    o  optional, likewise        s  an optional star
    t  mandatory, text                               O  optional, a key or length
    k  mandatory, a key, name or length              f  mandatory, always mathematics
    d  what `\def` takes between name and body        ?  arguments that cannot be read: bracing leaves these

Which symbols break as a script was measured: each in `$f_\x(x)$` against `$f_{\x}(x)$`, pdflatex and xelatex.
"""

from __future__ import annotations

from collections.abc import Iterator

_SIGNATURES = r"""
m   hat tilde bar vec dot ddot dddot ddddot check breve acute grave mathring widehat widetilde widecheck utilde mathbf
    mathrm mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathnormal mathbfit boldsymbol bm pmb bold mathbbm
    mathds mathbbold Bbb frak symbf symbfit symbfup symbfsf symbfsfit symit symup symrm symsf symsfit symtt symbb
    symbbit symcal symbfcal symscr symbfscr symfrak symbffrak symnormal mathup mathsfit mathbfup mathsfup mathbfsf
    mathbfsfit mathbfsfup mathbfcal mathbfscr mathbffrak boldmath heavymath overline underline overbar widebar
    overbrace underbrace overparen underparen overrightarrow overleftarrow overleftrightarrow underrightarrow
    underleftarrow underleftrightarrow wideparen mathop mathbin mathrel mathord mathopen mathclose mathpunct mathinner
    vcenter phantom hphantom vphantom boxed Aboxed substack subarray cancel bcancel xcancel bra ket braket Bra Ket
    Braket ketbra set Set not centernot slashed pmod pod mod mathclap mathllap mathrlap cramped splitfrac oldstylenums
    uppercase lowercase MakeUppercase MakeLowercase upgreek vv overarc bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm
    Biggl Biggr Biggm big Big bigg Bigg relstack shoveleft shoveright mathlarger mathsmaller
f   ensuremath
om  sqrt overbracket underbracket smash xrightarrow xleftarrow xRightarrow xLeftarrow xleftrightarrow xLeftrightarrow
    xmapsto xhookrightarrow xhookleftarrow xrightharpoonup xrightharpoondown xleftharpoonup xleftharpoondown
    xrightleftharpoons xleftrightharpoons xlongequal xtwoheadrightarrow xtofrom
sm  operatorname
mm  frac tfrac dfrac binom tbinom dbinom overset underset stackrel stackbin accentset underaccent cancelto raisemath
    splitdfrac
omm cfrac
mmm sideset prescript overunderset
mmmm mathchoice
kkkkmm genfrac
t   text mbox hbox fbox textrm textbf textit textsf texttt textup textsl textsc textmd textnormal emph intertext
    shortintertext textsuperscript textsubscript textclap textllap textrlap llap rlap clap underbar
Ot  footnote
OOt makebox framebox
kt  raisebox foreignlanguage
k   label ref eqref pageref autoref nameref cref Cref vref crefrange cpageref url nolinkurl path input include
    lstinline detokenize directlua code includeonly bibliography bibliographystyle usetikzlibrary color pagecolor ce
    pu unit begin end hspace vspace usepgfplotslibrary graphicspath mathversion thispagestyle pagestyle pagenumbering
sk  tag
Ok  cite citep citet citeauthor citeyear parencite textcite autocite nocite footcite num si ang includegraphics
    usepackage RequirePackage documentclass lstinputlisting inputminted
Okk SI qty
kt  href hyperlink
Okm textcolor mathcolor
Okt colorbox
kk  mintinline setlength addtolength setcounter addtocounter
kkk definecolor
Okk rule
skOOf newcommand renewcommand providecommand DeclareRobustCommand
skOOff newenvironment renewenvironment
skf DeclareMathOperator
skff DeclarePairedDelimiter
skOfff DeclarePairedDelimiterX
skOfffff DeclarePairedDelimiterXPP
kkf NewDocumentCommand RenewDocumentCommand ProvideDocumentCommand DeclareDocumentCommand NewExpandableDocumentCommand
kkff NewDocumentEnvironment RenewDocumentEnvironment ProvideDocumentEnvironment DeclareDocumentEnvironment
kdf def gdef edef xdef
k   newif newlength newcounter newsavebox newtoks newdimen newcount
"""

_FUNCTIONS = """
arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg lim liminf limsup ln log max
min Pr projlim sec sin sinh sup tan tanh varinjlim varliminf varlimsup varprojlim bmod argmin argmax
"""

_FRAGILE = """
bigcap bigcup bigodot bigoplus bigotimes bigsqcup biguplus bigvee bigwedge bigtimes coprod prod sum int iint iiint
iiiint idotsint oint oiint intop ointop sumint ldots cdots vdots ddots dots dotsb dotsc dotsi dotsm dotso adots iddots
neq ne notin cong doteq models bowtie Join mapsto longmapsto hookleftarrow hookrightarrow longleftarrow longrightarrow
longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow dashleftarrow dashrightarrow iff implies impliedby
relbar Relbar colon coloneqq coloneq eqqcolon eqcolon Coloneqq Coloneq Eqqcolon Eqcolon vcentcolon dblcolon
colonapprox colonsim Colonapprox Colonsim celsius degree TeX LaTeX mathstrut strut space quad qquad enspace thinspace
medspace thickspace negthinspace negmedspace negthickspace nobreakspace , : ; ! >
"""

_DECLARATIONS = """
bf rm it sf tt sl sc cal mit em oldstyle bfseries mdseries itshape upshape slshape scshape rmfamily sffamily ttfamily
normalfont displaystyle textstyle scriptstyle scriptscriptstyle tiny Tiny scriptsize footnotesize small normalsize
large Large LARGE huge Huge color limits nolimits nonscript boldmath unboldmath mathsurround over atop above choose
brack brace overwithdelims atopwithdelims abovewithdelims middle hskip kern mkern mskip raise lower moveleft moveright
"""

_SYMBOLS = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi
omega varepsilon vartheta varpi varrho varsigma varphi varkappa digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon
Phi Psi Omega varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega aleph beth
gimel daleth hbar hslash imath jmath ell wp Re Im partial infty prime backprime emptyset varnothing nabla top bot
angle sphericalangle measuredangle triangle triangledown vartriangle blacktriangle blacktriangledown backslash forall
exists nexists neg lnot flat natural sharp clubsuit diamondsuit heartsuit spadesuit surd complement mho eth Finv Game
Bbbk yen circledR circledS checkmark maltese S P square Box blacksquare lozenge Diamond blacklozenge bigstar diagup
diagdown ohm wedge land vee lor cap cup Cap Cup doublecap doublecup ddagger dagger dag ddag sqcap sqcup uplus amalg
diamond bullet wr div odot oslash otimes ominus oplus mp pm circ bigcirc setminus smallsetminus cdot cdotp ldotp ast
times star propto varpropto triangleleft triangleright bigtriangleup bigtriangledown triangleq smallint dotplus ltimes
rtimes leftthreetimes rightthreetimes barwedge veebar curlywedge curlyvee doublebarwedge boxminus boxplus boxtimes
boxdot circleddash circledast circledcirc centerdot divideontimes intercal sqsubseteq sqsupseteq sqsubset sqsupset
parallel mid dashv vdash vDash Vdash Vvdash leq le geq ge lt gt succ prec approx succeq preceq supset subset supseteq
subseteq in ni owns gg ll ggg lll gggtr llless sim simeq perp equiv asymp smile frown smallsmile smallfrown leqq geqq
leqslant geqslant eqslantless eqslantgtr lesssim gtrsim lessapprox gtrapprox approxeq lessdot gtrdot lessgtr gtrless
lesseqgtr gtreqless lesseqqgtr gtreqqless doteqdot Doteq eqcirc risingdotseq fallingdotseq circeq backsim thicksim
backsimeq thickapprox subseteqq supseteqq Subset Supset preccurlyeq succcurlyeq curlyeqprec curlyeqsucc precsim
succsim precapprox succapprox vartriangleleft vartriangleright lhd rhd unlhd unrhd trianglelefteq trianglerighteq
shortmid shortparallel bumpeq Bumpeq between pitchfork backepsilon blacktriangleleft blacktriangleright therefore
because eqsim nless ngtr nleq ngeq nleqslant ngeqslant nleqq ngeqq lneq gneq lneqq gneqq lvertneqq gvertneqq lnsim
gnsim lnapprox gnapprox nprec nsucc npreceq nsucceq precneqq succneqq precnsim succnsim precnapprox succnapprox nsim
ncong nshortmid nshortparallel nmid nparallel nvdash nvDash nVdash nVDash ntriangleleft ntriangleright ntrianglelefteq
ntrianglerighteq nsubseteq nsupseteq nsubseteqq nsupseteqq subsetneq supsetneq varsubsetneq varsupsetneq subsetneqq
supsetneqq varsubsetneqq varsupsetneqq leftarrow gets rightarrow to leftrightarrow Leftarrow Rightarrow Leftrightarrow
leftharpoonup leftharpoondown rightharpoonup rightharpoondown nearrow searrow nwarrow swarrow rightleftharpoons
leftrightharpoons leftleftarrows rightrightarrows leftrightarrows rightleftarrows Lleftarrow Rrightarrow
twoheadleftarrow twoheadrightarrow leftarrowtail rightarrowtail looparrowleft looparrowright curvearrowleft
curvearrowright circlearrowleft circlearrowright Lsh Rsh upuparrows downdownarrows upharpoonleft upharpoonright
restriction downharpoonleft downharpoonright multimap leftrightsquigarrow rightsquigarrow leadsto nleftarrow
nrightarrow nLeftarrow nRightarrow nleftrightarrow nLeftrightarrow uparrow downarrow updownarrow Uparrow Downarrow
Updownarrow lmoustache rmoustache lgroup rgroup arrowvert Arrowvert bracevert Vert vert lvert rvert lVert rVert langle
rangle lbrace rbrace lbrack rbrack lceil rceil lfloor rfloor ulcorner urcorner llcorner lrcorner lparen rparen | { } _
$ & # %
"""

_OTHER = r"""
left right relax par par item cr newline hline hfill hfil vfill hdashline linebreak pagebreak noindent indent
centering nonumber notag appendix today newpage clearpage maketitle tableofcontents begingroup endgroup bgroup egroup
protect ignorespaces aa AA ae AE oe OE o O l L ss i j c d b k r t u v H ' ` ^ " ~ = . \ @ - / ( ) [ ] copyright pounds
euro TM dots slash a bigskip medskip smallskip allowbreak displaybreak stop mathsurround verb qed qedhere section
subsection chapter title author date
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _rows(table: str) -> Iterator[tuple[str, str]]:
    """Pairs of name and signature; a continuation line starts with a space."""
    signature = ""
    for line in filter(None, table.split("\n")):
        words = line.split()
        if not line[0].isspace():
            signature = words.pop(0)
        yield from ((word, signature) for word in words)


SIGNATURES: dict[str, str] = dict(_rows(_SIGNATURES))
"""Known commands with arguments: name → signature in the letters of this module."""

ARITY: dict[str, str] = {
    name: signature.translate(str.maketrans("tkfO", "mmmo"))
    for name, signature in SIGNATURES.items()
    if not set(signature) & set("d?")
}
"""The same in the letters of a user macro's arity: m, o and s only."""

FRAGILE = _words(_FUNCTIONS) | _words(_FRAGILE)
"""Commands without argument that TeX needs in braces as a script."""

DECLARATIONS = _words(_DECLARATIONS)
"""Commands that act on what follows: as a script their extent is anybody's guess."""

SYMBOLS = _words(_SYMBOLS)
"""Commands without argument that are safe as a script."""

KNOWN = FRAGILE | DECLARATIONS | SYMBOLS | _words(_OTHER) | SIGNATURES.keys()
"""Names that LaTeX with amsmath, amssymb and mathtools defines: `\\providecommand` leaves these alone."""

VERBATIM_ENVIRONMENTS = _words("""
verbatim verbatim* Verbatim Verbatim* BVerbatim LVerbatim lstlisting minted comment filecontents filecontents*
tikzpicture tikzpicture* tikzcd tikzcd* tikz axis pgfpicture code luacode luacode* asy
""")
"""Environments whose content is not ours to read."""

MATH_ENVIRONMENTS = _words("""
math displaymath equation equation* align align* gather gather* multline multline* alignat alignat* flalign flalign*
eqnarray eqnarray* dmath dmath* dgroup dgroup* IEEEeqnarray IEEEeqnarray* xalignat xalignat* xxalignat darray darray*
empheq split aligned alignedat gathered lgathered rgathered multlined cases cases* dcases dcases* rcases rcases*
drcases drcases* matrix matrix* pmatrix pmatrix* bmatrix bmatrix* Bmatrix Bmatrix* vmatrix vmatrix* Vmatrix Vmatrix*
smallmatrix smallmatrix* psmallmatrix bsmallmatrix Bsmallmatrix vsmallmatrix Vsmallmatrix subarray CD array numcases
subnumcases
""")
r"""Environments that start mathematics, or stand in it only (`array` also in text, where it needs `$` anyway)."""
