"""Formulas: what is wrong with them, and MathJax, KaTeX and node, which show and compile them."""

from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
"""What MathJax and KaTeX know.  (`importlib.resources` imports what reads ZIP files.)"""
