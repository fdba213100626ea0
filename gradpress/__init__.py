"""Gradpress: Markdown notes with mathematics and training code in, a site and PDFs out."""

__version__ = "0.1.0"

_NEEDED = ("pypandoc", "panflute", "jinja2", "markupsafe", "pygments", "yaml")
"""What a build imports of other packages: missing when the program was copied, not installed."""


def is_needed(error: ModuleNotFoundError) -> bool:
    """Whether a package is missing without which no page can be built."""
    return (error.name or "").partition(".")[0] in _NEEDED
