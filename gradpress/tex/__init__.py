"""TeX as a language: its tokens, the author's definitions, and what is done with them for every output."""
