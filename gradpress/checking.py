"""What `check` does beside writing nothing: LaTeX for all pages together, advice, links to other sites."""

from __future__ import annotations

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


class Latex:
    """The LaTeX of all pages, compiled while others are still read: LaTeX has a processor to itself."""

    def __init__(self, site: SiteView, jobs: int) -> None:
        from gradpress.formats.pdf import together

        self._site = site
        self._together = together(site, jobs)

    def add(self, page: Page, tex: Written) -> None:
        """A page that has been written."""
        from gradpress.formats.pdf import job

        if found := job(page, tex, self._site):
            self._together.add(found)

    def finish(self) -> None:
        """Wait until it is known of all pages what LaTeX says."""
        self._together.finish()


def report_latex(page: Page, site: SiteView, tex: Written) -> None:
    """Report what LaTeX says of one page.  Raises PageError when it cannot be compiled."""
    from gradpress.formats.pdf import Pdf

    Pdf().check(page, site, tex)
