"""The words before numbers, in the languages that we know: `Figure 3`, `Satz 2`, `图 1`."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = (
    "theorem lemma corollary proposition conjecture definition example exercise solution remark algorithm axiom "
    "proof section chapter listing references appendix hypothesis"
).split()
_PLAIN = {
    "en": "Theorem Lemma Corollary Proposition Conjecture Definition Example Exercise Solution Remark Algorithm Axiom "
    "Proof Section Chapter Listing References Appendix Hypothesis",
    "de": "Satz Lemma Korollar Proposition Vermutung Definition Beispiel Aufgabe Lösung Bemerkung Algorithmus Axiom "
    "Beweis Abschnitt Kapitel Listing Literatur Anhang Hypothese",
    "fr": "Théorème Lemme Corollaire Proposition Conjecture Définition Exemple Exercice Solution Remarque Algorithme "
    "Axiome Démonstration Section Chapitre Listing Références Annexe Hypothèse",
    "es": "Teorema Lema Corolario Proposición Conjetura Definición Ejemplo Ejercicio Solución Observación Algoritmo "
    "Axioma Demostración Sección Capítulo Listado Referencias Apéndice Hipótesis",
    "it": "Teorema Lemma Corollario Proposizione Congettura Definizione Esempio Esercizio Soluzione Osservazione "
    "Algoritmo Assioma Dimostrazione Sezione Capitolo Listato Bibliografia Appendice Ipotesi",
    "pt": "Teorema Lema Corolário Proposição Conjectura Definição Exemplo Exercício Solução Observação Algoritmo "
    "Axioma Demonstração Seção Capítulo Listagem Referências Apêndice Hipótese",
    "nl": "Stelling Lemma Gevolg Propositie Vermoeden Definitie Voorbeeld Opgave Oplossing Opmerking Algoritme Axioma "
    "Bewijs Paragraaf Hoofdstuk Listing Literatuur Bijlage Hypothese",
    "zh": "定理 引理 推论 命题 猜想 定义 例 练习 解 注 算法 公理 证明 节 章 代码 参考文献 附录 假设",
    "ja": "定理 補題 系 命題 予想 定義 例 演習 解答 注意 アルゴリズム 公理 証明 節 章 コード 参考文献 付録 仮説",
    "ru": "Теорема Лемма Следствие Предложение Гипотеза Определение Пример Упражнение Решение Замечание Алгоритм "
    "Аксиома Доказательство Раздел Глава Листинг Литература Приложение Гипотеза",
}
_ABBREVIATED = {
    "en": {"equation": ("eq.", "Equation"), "figure": ("fig.", "Figure"), "table": ("table", "Table")},
    "de": {"equation": ("Gl.", "Gleichung"), "figure": ("Abb.", "Abbildung"), "table": ("Tab.", "Tabelle")},
    "fr": {"equation": ("éq.", "Équation"), "figure": ("fig.", "Figure"), "table": ("tab.", "Tableau")},
    "es": {"equation": ("ec.", "Ecuación"), "figure": ("fig.", "Figura"), "table": ("tabla", "Tabla")},
    "it": {"equation": ("eq.", "Equazione"), "figure": ("fig.", "Figura"), "table": ("tab.", "Tabella")},
    "pt": {"equation": ("eq.", "Equação"), "figure": ("fig.", "Figura"), "table": ("tab.", "Tabela")},
    "nl": {"equation": ("vgl.", "Vergelijking"), "figure": ("fig.", "Figuur"), "table": ("tab.", "Tabel")},
    "zh": {"equation": ("式", "式"), "figure": ("图", "图"), "table": ("表", "表")},
    "ja": {"equation": ("式", "式"), "figure": ("図", "図"), "table": ("表", "表")},
    "ru": {"equation": ("ур.", "Уравнение"), "figure": ("рис.", "Рис."), "table": ("табл.", "Таблица")},
}
_OVERVIEWS = {
    "en": "List of Figures|List of Tables|Listings",
    "de": "Abbildungsverzeichnis|Tabellenverzeichnis|Listings",
    "fr": "Table des figures|Liste des tableaux|Table des listings",
    "es": "Índice de figuras|Índice de tablas|Índice de listados",
    "it": "Elenco delle figure|Elenco delle tabelle|Elenco dei listati",
    "pt": "Lista de figuras|Lista de tabelas|Lista de listagens",
    "nl": "Lijst van figuren|Lijst van tabellen|Lijst van listings",
    "zh": "插图目录|表格目录|代码目录",
    "ja": "図目次|表目次|コード目次",
    "ru": "Список иллюстраций|Список таблиц|Листинги",
}
CALLOUTS = ("note", "tip", "warning", "important", "caution")
"""Kinds of remarks in boxes."""
_CALLOUTS = {
    "en": "Note Tip Warning Important Caution",
    "de": "Hinweis Tipp Warnung Wichtig Vorsicht",
    "fr": "Note Astuce Avertissement Important Attention",
    "es": "Nota Consejo Advertencia Importante Precaución",
    "it": "Nota Suggerimento Avviso Importante Attenzione",
    "pt": "Nota Dica Aviso Importante Cuidado",
    "nl": "Opmerking Tip Waarschuwing Belangrijk Voorzichtig",
    "zh": "注记 提示 警告 重要 注意",
    "ja": "注記 ヒント 警告 重要 注意",
    "ru": "Примечание Совет Предупреждение Важно Внимание",
}
KINDS = frozenset([*_NAMES, *_ABBREVIATED["en"], *CALLOUTS])
"""What can have a number."""
NO_BREAK = "\N{NO-BREAK SPACE}"
_TIGHT = ("zh", "ja")
"""Languages that put no space between word and number."""
_CAPITAL = ("de",)
"""Languages that write a noun with a capital letter also in the middle of a sentence."""


def language(lang: object) -> str:
    """The language whose words are used: `de` for `de-AT`, English for one that we do not know."""
    name = str(lang).lower().split("-")[0]
    return name if name in _PLAIN else "en"


def word(kind: str, lang: object, *, short: bool = False, own: Mapping[str, str] | None = None) -> str:
    """The word for a kind: `Equation`, or `eq.` where it is short; the site's own where it has one."""
    if own and kind in own:
        return own[kind]
    name = language(lang)
    if kind in _ABBREVIATED[name]:
        return _ABBREVIATED[name][kind][0 if short else 1]
    if kind in CALLOUTS:
        plain = _CALLOUTS[name].split()[CALLOUTS.index(kind)]
    else:
        plain = _PLAIN[name].split()[_NAMES.index(kind)] if kind in _NAMES else kind.capitalize()
    return lowered(plain, lang) if short else plain


def overview(kind: str, lang: object) -> str:
    """The heading of a list of all figures, tables or listings."""
    return _OVERVIEWS[language(lang)].split("|")[("figure", "table", "listing").index(kind)]


_SOLVES = {"en": "Solution to", "de": "Lösung zu", "nl": "Oplossing van", "it": "Soluzione di"}


def solves(what: str, lang: object) -> str:
    """What a solution is called by what it solves: `Solution to Exercise 1`, `Solución (Ejercicio 1)`."""
    name = language(lang)
    return f"{_SOLVES[name]} {what}" if name in _SOLVES else f"{word('solution', lang)} ({what})"


def lowered(title: str, lang: object) -> str:
    """A title as it stands in the middle of a sentence."""
    return title if language(lang) in _CAPITAL else title[:1].lower() + title[1:]


def joined(before: str, number: str, lang: object) -> str:
    """Word and number, which no line break separates."""
    return f"{before}{'' if language(lang) in _TIGHT or not before or not number else NO_BREAK}{number}"
