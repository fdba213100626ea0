"""Commands of formulas, and the sign that a reader sees for each."""

from __future__ import annotations

_LETTERS = """
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta θ iota ι kappa κ varkappa κ
    lambda λ mu μ nu ν xi ξ pi π varpi π rho ρ varrho ρ sigma σ varsigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ
    omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω infty ∞ partial ∂ nabla ∇
    ell ℓ hbar ℏ hslash ℏ imath i jmath j Re Re Im Im aleph ℵ beth ℶ wp ℘ emptyset ∅ varnothing ∅ top ⊤ bot ⊥ prime ′
    complement ∁ eth ð mho ℧ angle ∠ triangle △ square □ Box □ blacksquare ■ lozenge ◊ Diamond ◊ bigstar ★ checkmark ✓
    forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ flat ♭ natural ♮ sharp ♯ dagger † ddagger ‡ S § P ¶ surd √ degree °
"""
_OPERATORS = """
    sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigvee ⋁ bigwedge ⋀
    cdot · times × div ÷ pm ± mp ∓ ast * star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ cup ∪ cap ∩
    setminus ∖ smallsetminus ∖ sqcup ⊔ sqcap ⊓ wedge ∧ land ∧ vee ∨ lor ∨ wr ≀ amalg ⨿ uplus ⊎ ltimes ⋉ rtimes ⋊
    dots … ldots … cdots … vdots … ddots … dotsc … dotsb … colon : mid | vert | Vert ‖ lvert | rvert | lVert ‖ rVert ‖
    | ‖ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lbrace { rbrace } lbrack [ rbrack ] lparen ( rparen )
    { { } } % % $ $ & & # # _ _
"""
_RELATIONS = """
    le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ lt < gt > ne ≠ neq ≠ ll ≪ gg ≫ sim ∼ simeq ≃ approx ≈ equiv ≡ cong ≅
    asymp ≍ propto ∝ varpropto ∝ doteq ≐ triangleq ≜ coloneqq ≔ prec ≺ preceq ⪯ succ ≻ succeq ⪰ lesssim ≲ gtrsim ≳
    in ∈ ni ∋ owns ∋ notin ∉ subset ⊂ subseteq ⊆ subsetneq ⊊ supset ⊃ supseteq ⊇ supsetneq ⊋ sqsubseteq ⊑ sqsupseteq ⊒
    parallel ∥ nparallel ∦ perp ⊥ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ nmid ∤ therefore ∴ because ∵
    to → rightarrow → longrightarrow ⟶ gets ← leftarrow ← longleftarrow ⟵ leftrightarrow ↔ mapsto ↦ longmapsto ⟼
    Rightarrow ⇒ implies ⇒ Longrightarrow ⇒ Leftarrow ⇐ impliedby ⇐ Leftrightarrow ⇔ iff ⇔ uparrow ↑ downarrow ↓
    hookrightarrow ↪ hookleftarrow ↩ twoheadrightarrow ↠ rightharpoonup ⇀ rightleftharpoons ⇌ leadsto ⇝
"""


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


SIGNS = {**_pairs(_LETTERS), **_pairs(_OPERATORS), **_pairs(_RELATIONS)}
"""Command without its backslash → sign."""
ACCENTS = {
    **dict.fromkeys(("hat", "widehat"), "\u0302"),
    **dict.fromkeys(("tilde", "widetilde"), "\u0303"),
    **dict.fromkeys(("bar", "overline"), "\u0304"),
    "dot": "\u0307",
    "ddot": "\u0308",
    "vec": "\u20d7",
    "acute": "\u0301",
    "grave": "\u0300",
    "check": "\u030c",
}
"""Command → the mark that follows the letter it is put on."""
STRUCK = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
"""Letters of `\\mathbb` that have a sign of their own everywhere."""
SILENT = frozenset(
    """left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle displaystyle textstyle
    scriptstyle limits nolimits nonumber notag mathstrut strut hfill allowbreak nobreak rm bf it sf tt cal
    begin end label tag hline phantom hphantom vphantom operatorname text mathrm mathop mathbin mathrel mathord
    mathopen mathclose quad qquad""".split()
)
"""Commands that nobody looks for: they are about the layout of a formula."""
HIDDEN = ("phantom", "hphantom", "vphantom", "hspace", "vspace", "kern", "color", "class", "cssId", "style", "ref")
"""Commands whose argument is not shown."""
