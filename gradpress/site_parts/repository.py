"""Where the source of a page is on GitHub, GitLab, or Gitea and its relatives: Quarto's keys `repo-url`, ….

GitHub     /edit/BRANCH/PATH      /blob/BRANCH/PATH           /issues/new
GitLab     /-/edit/BRANCH/PATH    /-/blob/BRANCH/PATH         /-/issues/new
Gitea      /_edit/BRANCH/PATH     /src/branch/BRANCH/PATH     /issues/new
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from gradpress.page import Page, SiteView

_FORMS = {
    "github": {"edit": "edit/{place}", "source": "blob/{place}", "issue": "issues/new"},
    "gitlab": {"edit": "-/edit/{place}", "source": "-/blob/{place}", "issue": "-/issues/new"},
    "gitea": {"edit": "_edit/{place}", "source": "src/branch/{place}", "issue": "issues/new"},
}
_HOSTS = {"gitlab": "gitlab", "codeberg": "gitea", "gitea": "gitea", "forgejo": "gitea"}
"""A part of a host's name → what runs there; `repo-type` says it of others."""
ACTIONS = ("edit", "source", "issue")


class Link(NamedTuple):
    """What a reader can do with the page."""

    action: str
    url: str


def links(page: Page, site: SiteView) -> tuple[Link, ...]:
    """The links that `repo-actions` asks for; all three where it says nothing."""
    address = str(site.values.get("repo-url", "")).rstrip("/")
    if not address:
        return ()
    forms = _FORMS[str(site.values.get("repo-type") or _kind(address))]
    wanted = page.settings.get("repo-actions", ACTIONS)
    place = quote(f"{site.values.get('repo-branch', 'main')}/{_path(page, site)}")
    return tuple(
        Link(action, f"{address}/{forms[action].format(place=place)}") for action in ACTIONS if action in wanted
    )


def _kind(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return next((kind for part, kind in _HOSTS.items() if part in host), "github")


def _path(page: Page, site: SiteView) -> str:
    """The page's file in the repository.

    Without `repo-subdir` the notes are where the command line names them: `content`, if it is given at the root.
    """
    folder = site.values.get("repo-subdir")
    if folder is None:
        is_below = not site.content.is_absolute() and ".." not in site.content.parts
        folder = site.content.as_posix() if is_below else ""
    below = "" if folder in ("", ".", "/") else f"{str(folder).strip('/')}/"
    return f"{below}{page.name}{Path(page.source.path).suffix}"
