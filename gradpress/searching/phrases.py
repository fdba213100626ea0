"""What the search says to a reader, in the languages of `gradpress.interface`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from gradpress import interface

_NAMES = "search hint close results pages first nothing more clear broken".split()
_SAID = {
    "en": "Search|Words, a macro, a sign …|Close|Results|Pages found: {}|, the first {} are shown"
    "|Nothing found for “{}”|Show more|Clear highlights|The index of the search cannot be read: {}",
    "de": "Suche|Wörter, ein Makro, ein Zeichen …|Schließen|Ergebnisse|Gefundene Seiten: {}"
    "|, die ersten {} sind gezeigt|Nichts gefunden für „{}“|Mehr zeigen|Markierung entfernen"
    "|Der Suchindex lässt sich nicht lesen: {}",
    "fr": "Rechercher|Des mots, une macro, un signe …|Fermer|Résultats|Pages trouvées : {}"
    "|, les {} premières affichées|Rien trouvé pour « {} »|Afficher plus|Effacer le surlignage"
    "|L’index de recherche est illisible : {}",
    "es": "Buscar|Palabras, una macro, un signo …|Cerrar|Resultados|Páginas encontradas: {}"
    "|, se muestran las primeras {}|Nada encontrado para «{}»|Mostrar más|Quitar el resaltado"
    "|No se puede leer el índice de búsqueda: {}",
    "it": "Cerca|Parole, una macro, un segno …|Chiudi|Risultati|Pagine trovate: {}|, mostrate le prime {}"
    "|Nessun risultato per «{}»|Mostra altro|Togli l’evidenziazione"
    "|L’indice di ricerca non si può leggere: {}",
    "pt": "Pesquisar|Palavras, uma macro, um sinal …|Fechar|Resultados|Páginas encontradas: {}"
    "|, mostradas as primeiras {}|Nada encontrado para “{}”|Mostrar mais|Remover o realce"
    "|O índice de pesquisa não pode ser lido: {}",
    "nl": "Zoeken|Woorden, een macro, een teken …|Sluiten|Resultaten|Gevonden pagina’s: {}"
    "|, de eerste {} worden getoond|Niets gevonden voor ‘{}’|Meer tonen|Markering wissen"
    "|De zoekindex kan niet worden gelezen: {}",
    "zh": "搜索|词语、宏、符号……|关闭|结果|找到的页面：{}|，显示前 {} 个|没有找到“{}”|显示更多|清除高亮"
    "|无法读取搜索索引：{}",
    "ja": "検索|言葉、マクロ、記号…|閉じる|結果|見つかったページ: {}|、最初の {} 件を表示"
    "|「{}」は見つかりません|もっと見る|強調を消す|検索の索引を読めません: {}",
    "ru": "Поиск|Слова, макрос, знак …|Закрыть|Результаты|Найдено страниц: {}|, показаны первые {}"
    "|Ничего не найдено: «{}»|Показать ещё|Убрать выделение|Индекс поиска не читается: {}",
}


@cache
def said(language: str) -> Mapping[str, str]:
    """Phrases by name; English in a language that we do not know.  `{}` is for a number or for what was looked for."""
    return interface.named(_NAMES, _SAID, language)
