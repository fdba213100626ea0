"""What plots of losses say to a reader, in the languages of `gradpress.interface`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from gradpress import interface

_NAMES = (
    "data table step at first last least diverged infinite none loss log scale compare run of linear logarithmic"
).split()
IN_SCRIPT = ("step", "at", "diverged", "infinite", "log", "scale", "compare", "run", "of")
"""Those that the page's script says."""
_SAID = {
    "en": "Data|First, last and least value of each curve, and values at some of the steps|step|step {}|first|last"
    "|least|diverged at step {}|not finite|no finite value|loss|log|Logarithmic scale|Compare|run {}|{} of {}"
    "|Line plot over steps 0 to {}, on a linear scale|Line plot over steps 0 to {}, on a logarithmic scale",
    "de": "Daten|Erster, letzter und kleinster Wert jeder Kurve und Werte an einigen Schritten|Schritt|Schritt {}"
    "|zuerst|zuletzt|kleinster|divergiert in Schritt {}|nicht endlich|kein endlicher Wert|Verlust|log"
    "|Logarithmische Skala|Vergleichen|Lauf {}|{} von {}"
    "|Liniendiagramm der Schritte 0 bis {}, lineare Skala|Liniendiagramm der Schritte 0 bis {}, logarithmische Skala",
    "fr": "Données|Première, dernière et plus petite valeur de chaque courbe, et valeurs à quelques étapes|étape"
    "|étape {}|première|dernière|minimum|diverge à l’étape {}|non fini|aucune valeur finie|perte|log"
    "|Échelle logarithmique|Comparer|essai {}|{} de {}"
    "|Courbes sur les étapes 0 à {}, échelle linéaire|Courbes sur les étapes 0 à {}, échelle logarithmique",
    "es": "Datos|Primer valor, último y menor de cada curva, y valores en algunos pasos|paso|paso {}|primero|último"
    "|menor|diverge en el paso {}|no finito|ningún valor finito|pérdida|log|Escala logarítmica|Comparar"
    "|ejecución {}|{} de {}|Curvas de los pasos 0 a {}, escala lineal|Curvas de los pasos 0 a {}, escala logarítmica",
    "it": "Dati|Primo, ultimo e minimo valore di ogni curva, e valori ad alcuni passi|passo|passo {}|primo|ultimo"
    "|minimo|diverge al passo {}|non finito|nessun valore finito|perdita|log|Scala logaritmica|Confronta"
    "|esecuzione {}|{} di {}|Curve sui passi da 0 a {}, scala lineare|Curve sui passi da 0 a {}, scala logaritmica",
    "pt": "Dados|Primeiro, último e menor valor de cada curva, e valores em alguns passos|passo|passo {}|primeiro"
    "|último|menor|diverge no passo {}|não finito|nenhum valor finito|perda|log|Escala logarítmica|Comparar"
    "|execução {}|{} de {}|Curvas dos passos 0 a {}, escala linear|Curvas dos passos 0 a {}, escala logarítmica",
    "nl": "Gegevens|Eerste, laatste en kleinste waarde van elke kromme, en waarden bij enkele stappen|stap|stap {}"
    "|eerste|laatste|kleinste|divergeert bij stap {}|niet eindig|geen eindige waarde|verlies|log"
    "|Logaritmische schaal|Vergelijken|run {}|{} van {}"
    "|Lijndiagram van stap 0 tot {}, lineaire schaal|Lijndiagram van stap 0 tot {}, logaritmische schaal",
    "zh": "数据|每条曲线的首值、末值和最小值，以及部分步的值|步|第 {} 步|首值|末值|最小值|在第 {} 步发散|非有限"
    "|没有有限值|损失|对数|对数刻度|比较|运行 {}|{}（{}）"
    "|第 0 至 {} 步的曲线图，线性刻度|第 0 至 {} 步的曲线图，对数刻度",
    "ja": "データ|各曲線の最初、最後、最小の値と、いくつかのステップでの値|ステップ|ステップ {}|最初|最後|最小"
    "|ステップ {} で発散|有限でない|有限の値なし|損失|対数|対数目盛|比較|実行 {}|{}（{}）"
    "|ステップ 0 から {} までの折れ線グラフ、線形目盛|ステップ 0 から {} までの折れ線グラフ、対数目盛",
    "ru": "Данные|Первое, последнее и наименьшее значение каждой кривой и значения на некоторых шагах|шаг|шаг {}"
    "|первое|последнее|наименьшее|расходится на шаге {}|не конечно|нет конечных значений|потери|лог"
    "|Логарифмическая шкала|Сравнить|запуск {}|{} из {}"
    "|График по шагам от 0 до {}, линейная шкала|График по шагам от 0 до {}, логарифмическая шкала",
}
_WITHOUT_LETTERS = ("zh", "ja")
"""Languages whose letters the font of the drawn pictures does not have."""


@cache
def said(language: str) -> Mapping[str, str]:
    """Phrases by name; English in a language that we do not know.  `{}` is for a number or a name."""
    return interface.named(_NAMES, _SAID, language)


def drawn(language: str) -> Mapping[str, str]:
    """Those that stand in a picture: in English where its font lacks the letters."""
    return said("en" if language.lower().startswith(_WITHOUT_LETTERS) else language)
