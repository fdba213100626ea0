"""The words before several numbers, in the languages that we know: `Equations (1) and (2)`, `Sätze 1 bis 3`."""

from __future__ import annotations

_ORDER = (
    "equation figure table theorem lemma corollary proposition conjecture definition example exercise solution remark "
    "algorithm axiom proof section chapter listing appendix"
).split()
_PLURALS = {
    "en": "Equations Figures Tables Theorems Lemmas Corollaries Propositions Conjectures Definitions Examples "
    "Exercises Solutions Remarks Algorithms Axioms Proofs Sections Chapters Listings Appendices",
    "de": "Gleichungen Abbildungen Tabellen Sätze Lemmata Korollare Propositionen Vermutungen Definitionen Beispiele "
    "Aufgaben Lösungen Bemerkungen Algorithmen Axiome Beweise Abschnitte Kapitel Listings Anhänge",
    "fr": "Équations Figures Tableaux Théorèmes Lemmes Corollaires Propositions Conjectures Définitions Exemples "
    "Exercices Solutions Remarques Algorithmes Axiomes Démonstrations Sections Chapitres Listings Annexes",
    "es": "Ecuaciones Figuras Tablas Teoremas Lemas Corolarios Proposiciones Conjeturas Definiciones Ejemplos "
    "Ejercicios Soluciones Observaciones Algoritmos Axiomas Demostraciones Secciones Capítulos Listados Apéndices",
    "it": "Equazioni Figure Tabelle Teoremi Lemmi Corollari Proposizioni Congetture Definizioni Esempi Esercizi "
    "Soluzioni Osservazioni Algoritmi Assiomi Dimostrazioni Sezioni Capitoli Listati Appendici",
    "pt": "Equações Figuras Tabelas Teoremas Lemas Corolários Proposições Conjecturas Definições Exemplos Exercícios "
    "Soluções Observações Algoritmos Axiomas Demonstrações Seções Capítulos Listagens Apêndices",
    "nl": "Vergelijkingen Figuren Tabellen Stellingen Lemma's Gevolgen Proposities Vermoedens Definities Voorbeelden "
    "Opgaven Oplossingen Opmerkingen Algoritmen Axioma's Bewijzen Paragrafen Hoofdstukken Listings Bijlagen",
    "zh": "式 图 表 定理 引理 推论 命题 猜想 定义 例 练习 解 注 算法 公理 证明 节 章 代码 附录",
    "ja": "式 図 表 定理 補題 系 命題 予想 定義 例 演習 解答 注意 アルゴリズム 公理 証明 節 章 コード 付録",
    "ru": "Уравнения Рис. Таблицы Теоремы Леммы Следствия Предложения Гипотезы Определения Примеры Упражнения Решения "
    "Замечания Алгоритмы Аксиомы Доказательства Разделы Главы Листинги Приложения",
}
_SHORT = {
    "en": "eqs. figs. tables", "de": "Gln. Abb. Tab.", "fr": "éqs. figs. tab.", "es": "ecs. figs. tablas",
    "it": "eqq. figg. tabb.", "pt": "eqs. figs. tabs.", "nl": "vgln. figs. tab.", "zh": "式 图 表", "ja": "式 図 表",
    "ru": "ур. рис. табл.",
}  # fmt: skip
_AND = {
    "en": " and ", "de": " und ", "fr": " et ", "es": " y ", "it": " e ", "pt": " e ", "nl": " en ", "zh": "和",
    "ja": "と", "ru": " и ",
}  # fmt: skip
_TO = {
    "en": " to ", "de": " bis ", "fr": " à ", "es": " a ", "it": " a ", "pt": " a ", "nl": " tot ", "zh": "至",
    "ja": "〜", "ru": "–",
}  # fmt: skip


def plural(kind: str, lang: str, *, short: bool = False) -> str:
    """The word for several of a kind; empty for one that we have no plural of."""
    if kind not in _ORDER:
        return ""
    at = _ORDER.index(kind)
    if short and at < 3:
        return _SHORT[lang].split()[at]
    return _PLURALS[lang].split()[at]


def conjunction(lang: str) -> str:
    """What stands before the last of several."""
    return _AND[lang]


def until(lang: str) -> str:
    """What stands between the first and the last of a range."""
    return _TO[lang]
