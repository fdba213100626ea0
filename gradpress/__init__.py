"""Gradpress: Markdown notes with mathematics and training code in, a site and PDFs out."""

__version__ = "0.1.0"
