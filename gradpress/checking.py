"""What `check` does beside writing nothing: LaTeX for all pages together, advice, links to other sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradpress.cache import Store
from gradpress.page import Page, SiteView, Written

if TYPE_CHECKING:
    from gradpress.site import Options


def advise(page: Page, options: Options) -> None:
    """Report blocks that would not run, and with `--links` dead links; for a page that is located."""
    from gradpress import cell_names, external

    cell_names.check(page)
    if options.links:
        external.check(page, Store(options.cache))


def latex(pages: Sequence[tuple[Page, Written]], site: SiteView, jobs: int) -> None:
    """Compile pages with their LaTeX together, as far as they allow, and remember what was said."""
    from gradpress.formats.pdf import check_together

    check_together(pages, site, jobs)


def report_latex(page: Page, site: SiteView, tex: Written) -> None:
    """Report what LaTeX says of one page.  Raises PageError when it cannot be compiled."""
    from gradpress.formats.pdf import Pdf

    Pdf().check(page, site, tex)
