"""The words that stand on pages around the author's text, in the languages that we know."""

from __future__ import annotations

from gradpress.numbers.words import language

_KEYS = "edit source issue cite draft categories missing sorry home updated".split()
_WORDS = {
    "en": "Edit this page|View source|Report an issue|Cite this page|Draft|Categories|Page not found|"
    "There is no page at this address.|To the first page|Updated",
    "de": "Seite bearbeiten|Quelltext ansehen|Fehler melden|Diese Seite zitieren|Entwurf|Kategorien|"
    "Seite nicht gefunden|Unter dieser Adresse gibt es keine Seite.|Zur ersten Seite|Aktualisiert",
    "fr": "Modifier cette page|Voir la source|Signaler un problème|Citer cette page|Brouillon|Catégories|"
    "Page introuvable|Il n’y a pas de page à cette adresse.|Vers la première page|Mis à jour",
    "es": "Editar esta página|Ver el código fuente|Informar de un problema|Citar esta página|Borrador|Categorías|"
    "Página no encontrada|No hay ninguna página en esta dirección.|A la primera página|Actualizado",
    "it": "Modifica questa pagina|Vedi il sorgente|Segnala un problema|Cita questa pagina|Bozza|Categorie|"
    "Pagina non trovata|A questo indirizzo non c’è nessuna pagina.|Alla prima pagina|Aggiornato",
    "pt": "Editar esta página|Ver o código-fonte|Relatar um problema|Citar esta página|Rascunho|Categorias|"
    "Página não encontrada|Não há nenhuma página neste endereço.|Para a primeira página|Atualizado",
    "nl": "Deze pagina bewerken|Bron bekijken|Een probleem melden|Deze pagina citeren|Concept|Categorieën|"
    "Pagina niet gevonden|Op dit adres staat geen pagina.|Naar de eerste pagina|Bijgewerkt",
    "zh": "编辑此页|查看源文件|报告问题|引用此页|草稿|分类|未找到页面|此地址没有页面。|前往首页|更新于",
    "ja": "このページを編集|ソースを見る|問題を報告|このページを引用|下書き|カテゴリー|ページが見つかりません|"
    "このアドレスにページはありません。|最初のページへ|更新",
    "ru": "Редактировать страницу|Исходный текст|Сообщить об ошибке|Цитировать страницу|Черновик|Категории|"
    "Страница не найдена|По этому адресу страницы нет.|На первую страницу|Обновлено",
}


def words(lang: object) -> dict[str, str]:
    """Key → words, for templates."""
    return dict(zip(_KEYS, _WORDS[language(lang)].split("|"), strict=True))
