"""Formulas: what is wrong with them, and MathJax, KaTeX and node, which show and compile them."""
