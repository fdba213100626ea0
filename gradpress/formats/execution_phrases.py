"""What the page on the costs of cells says, in the languages of `gradpress.interface`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from gradpress import interface

OUTCOMES = ("failed", "skipped", "not run", "of an earlier version", "runs in each build", "kept")
"""What became of cells; a page has the first of these that any of its cells has."""
_NAMES = ("sum", "measured", "page", "pages", "cell", "cells", "line", "time", "memory", "result", "numbered", "values",
          *OUTCOMES)  # fmt: skip
_SAID = {
    "en": "All cells together took {}; the largest process had {}."
    "|Times and memory were measured when a cell ran; its result is kept, and shown again until something changes that "
    "it rests on. Memory is the largest amount that the page’s process has had until the end of the cell."
    "|Page|Pages|Cell|Cells|Line|Time|Memory|Result|cell {}|values in the text: {}"
    "|failed|skipped|not run|of an earlier version|runs in each build|kept",
    "de": "Alle Zellen zusammen brauchten {}; der größte Prozess hatte {}."
    "|Zeit und Speicher wurden gemessen, als eine Zelle lief; ihr Ergebnis wird aufbewahrt und wieder gezeigt, bis "
    "sich etwas ändert, worauf es beruht. Speicher ist der größte, den der Prozess der Seite bis zum Ende der "
    "Zelle hatte."
    "|Seite|Seiten|Zelle|Zellen|Zeile|Zeit|Speicher|Ergebnis|Zelle {}|Werte im Text: {}"
    "|gescheitert|übersprungen|nicht gelaufen|von einer früheren Fassung|läuft bei jedem Bau|aufbewahrt",
    "fr": "Toutes les cellules ensemble ont pris {} ; le plus grand processus avait {}."
    "|Le temps et la mémoire ont été mesurés quand une cellule a tourné ; son résultat est gardé, et montré de nouveau "
    "tant que rien de ce dont il dépend ne change. La mémoire est la plus grande que le processus de la page ait eue "
    "jusqu’à la fin de la cellule."
    "|Page|Pages|Cellule|Cellules|Ligne|Temps|Mémoire|Résultat|cellule {}|valeurs dans le texte : {}"
    "|échec|sautée|non exécutée|d’une version antérieure|tourne à chaque construction|gardé",
    "es": "Todas las celdas juntas tardaron {}; el mayor proceso tuvo {}."
    "|El tiempo y la memoria se midieron cuando la celda se ejecutó; su resultado se guarda y se vuelve a mostrar "
    "mientras no cambie nada de lo que depende. La memoria es la mayor que tuvo el proceso de la página hasta el final "
    "de la celda."
    "|Página|Páginas|Celda|Celdas|Línea|Tiempo|Memoria|Resultado|celda {}|valores en el texto: {}"
    "|fallida|omitida|no ejecutada|de una versión anterior|se ejecuta en cada construcción|guardado",
    "it": "Tutte le celle insieme hanno impiegato {}; il processo più grande aveva {}."
    "|Tempo e memoria sono stati misurati quando la cella è stata eseguita; il suo risultato è conservato e mostrato "
    "di nuovo finché non cambia qualcosa da cui dipende. La memoria è la massima che il processo della pagina ha avuto "
    "fino alla fine della cella."
    "|Pagina|Pagine|Cella|Celle|Riga|Tempo|Memoria|Risultato|cella {}|valori nel testo: {}"
    "|fallita|saltata|non eseguita|di una versione precedente|eseguita a ogni costruzione|conservato",
    "pt": "Todas as células juntas levaram {}; o maior processo teve {}."
    "|O tempo e a memória foram medidos quando a célula correu; o resultado é guardado e mostrado de novo até que mude "
    "algo de que depende. A memória é a maior que o processo da página teve até o fim da célula."
    "|Página|Páginas|Célula|Células|Linha|Tempo|Memória|Resultado|célula {}|valores no texto: {}"
    "|falhou|saltada|não executada|de uma versão anterior|corre em cada construção|guardado",
    "nl": "Alle cellen samen kostten {}; het grootste proces had {}."
    "|Tijd en geheugen zijn gemeten toen een cel liep; het resultaat wordt bewaard en weer getoond tot er iets "
    "verandert waarop het berust. Geheugen is het meeste dat het proces van de pagina tot het einde van de "
    "cel heeft gehad."
    "|Pagina|Pagina’s|Cel|Cellen|Regel|Tijd|Geheugen|Resultaat|cel {}|waarden in de tekst: {}"
    "|mislukt|overgeslagen|niet uitgevoerd|van een eerdere versie|loopt bij elke bouw|bewaard",
    "zh": "所有单元共用时 {}；最大的进程占用 {}。"
    "|时间和内存是在单元运行时测得的；结果会保留并再次显示，直到它所依赖的内容改变。内存是页面的进程到该单元结束为止的最大占用。"
    "|页面|页面|单元|单元|行|时间|内存|结果|单元 {}|文中的值：{}"
    "|失败|已跳过|未运行|来自早期版本|每次构建都运行|已保留",
    "ja": "すべてのセルの合計は {}、最大のプロセスは {} でした。"
    "|時間とメモリはセルの実行時に測ったものです。結果は保存され、依存するものが変わるまで再び表示されます。"
    "メモリはセルの終わりまでにページのプロセスが使った最大量です。"
    "|ページ|ページ|セル|セル|行|時間|メモリ|結果|セル {}|本文中の値: {}"
    "|失敗|省略|未実行|以前の版のもの|毎回実行|保存済み",
    "ru": "Все ячейки вместе заняли {}; у самого большого процесса было {}."
    "|Время и память измерены, когда ячейка выполнялась; её результат хранится и показывается снова, пока не изменится "
    "то, от чего он зависит. Память — наибольшая, которая была у процесса страницы до конца ячейки."
    "|Страница|Страницы|Ячейка|Ячейки|Строка|Время|Память|Результат|ячейка {}|значения в тексте: {}"
    "|ошибка|пропущена|не выполнена|из прежней версии|выполняется при каждой сборке|хранится",
}


@cache
def said(language: str) -> Mapping[str, str]:
    """Phrases by name; English in a language that we do not know.  `{}` is for a number or an amount."""
    return interface.named(_NAMES, _SAID, language)
