"""What a page says around the author's text, in the languages that we know: `On this page`, `Nächste`, `コピー`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

_NAMES = (
    "skip all_pages on_this_page previous next site breadcrumb theme permalink abstract copy_code copied wrap_lines "
    "downloads close execution"
).split()
_SAID = {
    "en": "Skip to the text|All pages|On this page|Previous|Next|Site|You are here|Light or dark|Link to this place"
    "|Abstract|Copy|Copied|Wrap lines|Downloads|Close|Execution",
    "de": "Zum Text springen|Alle Seiten|Auf dieser Seite|Zurück|Weiter|Website|Sie sind hier|Hell oder dunkel"
    "|Link zu dieser Stelle|Zusammenfassung|Kopieren|Kopiert|Zeilen umbrechen|Downloads|Schließen|Ausführung",
    "fr": "Aller au texte|Toutes les pages|Sur cette page|Précédent|Suivant|Site|Vous êtes ici|Clair ou sombre"
    "|Lien vers cet endroit|Résumé|Copier|Copié|Replier les lignes|Téléchargements|Fermer|Exécution",
    "es": "Saltar al texto|Todas las páginas|En esta página|Anterior|Siguiente|Sitio|Está aquí|Claro u oscuro"
    "|Enlace a este lugar|Resumen|Copiar|Copiado|Ajustar líneas|Descargas|Cerrar|Ejecución",
    "it": "Vai al testo|Tutte le pagine|In questa pagina|Precedente|Successiva|Sito|Sei qui|Chiaro o scuro"
    "|Link a questo punto|Sommario|Copia|Copiato|A capo|Scaricare|Chiudi|Esecuzione",
    "pt": "Ir para o texto|Todas as páginas|Nesta página|Anterior|Seguinte|Site|Você está aqui|Claro ou escuro"
    "|Link para este lugar|Resumo|Copiar|Copiado|Quebrar linhas|Downloads|Fechar|Execução",
    "nl": "Naar de tekst|Alle pagina’s|Op deze pagina|Vorige|Volgende|Website|U bent hier|Licht of donker"
    "|Link naar deze plek|Samenvatting|Kopiëren|Gekopieerd|Regels afbreken|Downloads|Sluiten|Uitvoering",
    "zh": "跳到正文|全部页面|本页内容|上一页|下一页|网站|当前位置|浅色或深色"
    "|此处的链接|摘要|复制|已复制|自动换行|下载|关闭|运行情况",
    "ja": "本文へ移動|すべてのページ|このページの内容|前へ|次へ|サイト|現在位置|明るい・暗い|この場所へのリンク|概要"
    "|コピー|コピーしました|折り返す|ダウンロード|閉じる|実行",
    "ru": "К тексту|Все страницы|На этой странице|Назад|Вперёд|Сайт|Вы здесь|Светлая или тёмная|Ссылка на это место"
    "|Аннотация|Копировать|Скопировано|Переносить строки|Загрузки|Закрыть|Выполнение",
}


@cache
def said(language: str) -> Mapping[str, str]:
    """Phrases by name, in a language such as `de` or `pt-BR`; English in one that we do not know."""
    return named(_NAMES, _SAID, language)


def named(names: Sequence[str], phrases: Mapping[str, str], language: str) -> Mapping[str, str]:
    """Of `phrases` by language, parted by bars, those of one language by name; English in one that is not there."""
    known = phrases.get(language.lower().partition("-")[0], phrases["en"])
    return dict(zip(names, known.split("|"), strict=True))
