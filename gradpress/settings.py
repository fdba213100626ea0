"""What `gradpress.yml` and the header of a page may say, and what holds when they say nothing.

`keys.SITE` and `keys.PAGE` are the schema: key → kind of value.  A page's own keys replace the site's key by
key.  Unknown keys and wrong values are findings with a line, never silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from gradpress.cache import LIMIT
from gradpress.diagnostics import report
from gradpress.execution import PRELOAD
from gradpress.keys import INHERITED, MISSPELT, NO_OPTIONS, PAGE, SITE
from gradpress.kinds import mapping, tex
from gradpress.numbers.crossref import Crossref
from gradpress.numbers.crossref import check as check_crossref
from gradpress.numbers.crossref import of as crossref_of
from gradpress.projects import crossref_keys
from gradpress.reading.yaml_text import Document
from gradpress.records import dataclass, field, fields, replace


@dataclass(frozen=True)
class Math:
    """How HTML shows formulas."""

    method: str = "mathjax"
    source: str = "jsdelivr"
    """A CDN by name, `local`, or a URL used as given."""
    version: str = "3.2.2"
    bundle: str = "tex-chtml"
    config: Mapping[str, Any] = field(default_factory=dict)
    """Merged into `window.MathJax`."""

    @property
    def is_mathjax(self) -> bool:
        """Whether MathJax sets the formulas, in the browser or while the site is built."""
        return self.method in ("mathjax", "prerendered")


@dataclass(frozen=True)
class Execute:
    """How cells run, and how they are shown unless they say otherwise."""

    run: str = "marked"
    """`marked`, `all` (every Python block) or `none`."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Defaults for the options of cells: echo, error, timeout, loss, …"""
    seed: int = 0
    threads: int = 1
    env: tuple[str, ...] = ()
    """Names of environment variables that cells may see."""
    preload: tuple[str, ...] = PRELOAD
    """Modules that may be imported before the pages' processes are forked."""
    memory: int = 0
    """Bytes that a session may allocate; 0 means no limit of ours."""
    keep_warm: str = "off"
    """How long processes outlive a build that was made at a terminal, e.g. `10m`; `off`: not at all."""
    cache_limit: int = LIMIT
    """Bytes that the cache may take after a build."""
    report: bool = True
    """Whether the page 'Execution' names the cells."""


@dataclass(frozen=True)
class Settings:
    """Everything that holds for one page."""

    values: Mapping[str, Any] = field(default_factory=dict)
    """The plain keys: title, author, lang, toc, …"""
    math: Math = Math()
    execute: Execute = Execute()
    number_sections: bool = False
    equations: Literal["labelled", "all", "none"] = "labelled"
    number_style: str = "(1)"
    chapters: bool = False
    """Whether the pages of the site are numbered, and their number stands before all others."""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Kind → the word before its numbers, where it is not the language's own."""
    plurals: Mapping[str, str] = field(default_factory=dict)
    """Kind → the word before several of its numbers, where it is not the language's own."""
    captions: Mapping[str, str] = field(default_factory=dict)
    """Kind → the word before its numbers in captions; empty for the language's own."""
    within: str = ""
    """The sections in which the numbers of equations, figures, tables and listings begin anew."""
    index: bool = False
    """Whether the first page of the site is a chapter like the others."""
    appendices: tuple[str, ...] = ()
    """Pages that are numbered with letters in a site of chapters."""
    crossref: Mapping[str, Any] = field(default_factory=dict)
    """What `crossref:` says of numbers and words, in the author's words."""
    engine: str = "xelatex"

    @property
    def numbers(self) -> Crossref:
        """What `crossref:` means."""
        return crossref_of(self.crossref)

    @property
    def caption_words(self) -> Mapping[str, str]:
        """Kind → the author's word before the number of a caption."""
        words = {**self.prefixes, **self.captions, **self.numbers.titles}
        return {kind: word for kind, word in words.items() if word}

    @property
    def reference_words(self) -> Mapping[str, str]:
        """Kind → the author's word before the number in a reference."""
        return {**self.prefixes, **self.numbers.prefixes}

    def get(self, key: str, default: Any = None) -> Any:
        """A plain key's value."""
        return self.values.get(key, default)

    def having(self, key: str, value: Any) -> Settings:
        """The same with another value of a plain key."""
        return replace(self, values={**self.values, key: value})


def site_settings(document: Document) -> Settings:
    """The settings of `gradpress.yml`."""
    check_crossref(document)
    return _merged(Settings(), checked(crossref_keys.translated(document), SITE))


def page_settings(site: Settings, document: Document) -> Settings:
    """The settings of a page: the site's, key by key replaced by the page's.

    `title` and `header-includes` are the page's own: the site's title names the site, and the
    preambles are put one after the other by `gradpress.pipeline`.
    """
    own = checked(crossref_keys.translated(document), PAGE)
    check_crossref(document)
    inherited = {k: v for k, v in site.values.items() if k in INHERITED}
    return _merged(replace(site, values=inherited), _foreign_spellings(own, document))


def _foreign_spellings(own: dict[str, Any], document: Document) -> dict[str, Any]:
    """`mathjax: URL`, `html-math-method: katex` and Quarto's `format: {html: …}` as ours."""
    math = dict(own.get("math", {}))
    if "mathjax" in own:
        math.setdefault("source", own["mathjax"])
    method = own.get("html-math-method")
    if isinstance(method, dict):
        math.setdefault("source", method.get("url", Math.source))
        method = method.get("method")
    if method in ("katex", "mathml", "webtex", "mathjax"):
        math.setdefault("method", method)
    elif method is not None:
        report(
            "key-value",
            f"html-math-method: {method} is not available",
            line=document.line("html-math-method"),
            hint="use mathjax, katex, mathml or webtex",
        )
    return {**own, "math": math} if math else own


def checked(document: Document, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The document's values in our kinds; unknown and wrong ones reported and left out."""
    return _checked(document.values, schema, document, ())


def _checked(
    values: Mapping[str, Any], schema: Mapping[str, Any], document: Document, path: tuple[str, ...]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for given, value in values.items():
        key = str(given)
        if key in ("execute", "slides") and isinstance(value, bool) and not path:  # short forms
            value = {"enabled": value}
        line = document.line(*path, key)
        if key in MISSPELT and not path:
            report("key-misspelt", f"'{key}' is read as '{MISSPELT[key]}'", line=line, hint="correct the key")
            key = MISSPELT[key]
        if key not in schema:
            report("key-unknown", f"unknown key '{'.'.join((*path, key))}'", line=line, hint=_nearest(key, schema))
        elif value is None:
            continue  # `key:` with nothing after it is how YAML says "not given"
        elif key == "header-includes" and key in result:
            result[key] = f"{result[key]}\n{tex(value)}"
        else:
            _check_one(result, key, value, schema[key], document, (*path, key), line)
    return result


def _check_one(
    result: dict[str, Any], key: str, value: Any, kind: Any, document: Document, path: tuple[str, ...], line: int
) -> None:
    try:
        if isinstance(kind, Mapping):
            result[key] = _checked(mapping(value), kind, document, path)
        else:
            result[key] = kind(value)
    except ValueError as error:
        report("key-value", f"'{'.'.join(path)}' must be {error}", line=line)


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, known, n=1, cutoff=0.7)
    return f"did you mean '{near[0]}'?" if near else "see the manual's page on configuration"


def _merged(base: Settings, own: Mapping[str, Any]) -> Settings:
    plain = {k: v for k, v in own.items() if k not in ("math", "execute", "numbering", "engine", "crossref")}
    numbered = own.get("number-sections", own.get("numbering", {}).get("sections", base.number_sections))
    return Settings(
        values={**base.values, **plain},
        math=_math(base.math, own.get("math", {})),
        execute=_execute(base.execute, {**({"seed": own["seed"]} if "seed" in own else {}), **own.get("execute", {})}),
        number_sections=numbered,
        equations=own.get("numbering", {}).get("equations", base.equations),
        number_style=own.get("numbering", {}).get("style", base.number_style),
        chapters=own.get("numbering", {}).get("chapters", base.chapters),
        prefixes={**base.prefixes, **own.get("numbering", {}).get("prefixes", {})},
        plurals={**base.plurals, **own.get("numbering", {}).get("plurals", {})},
        captions={**base.captions, **own.get("numbering", {}).get("captions", {})},
        within=own.get("numbering", {}).get("within", base.within),
        index=own.get("numbering", {}).get("index", base.index),
        appendices=own.get("numbering", {}).get("appendices", base.appendices),
        crossref={**base.crossref, **own.get("crossref", {})},
        engine=own.get("engine", base.engine),
    )


def _math(base: Math, own: Mapping[str, Any]) -> Math:
    """A page that says nothing has the site's object itself, which caches know again."""
    known = {f.name for f in fields(Math)}
    given = {k: v for k, v in own.items() if k in known}
    return replace(base, **given) if given else base


def _execute(base: Execute, own: Mapping[str, Any]) -> Execute:
    run = "none" if own.get("enabled") is False else own.get("run", base.run)
    shown = {k: _option(v) for k, v in own.items() if k not in NO_OPTIONS}
    return Execute(
        run=run,
        options={**base.options, **shown},
        seed=own.get("seed", base.seed),
        threads=max(1, own.get("threads", base.threads)),
        env=own.get("env", base.env),
        preload=own.get("preload", base.preload),
        memory=own.get("memory", base.memory),
        keep_warm=own.get("keep-warm", base.keep_warm),
        cache_limit=own.get("cache-limit", base.cache_limit),
        report=own.get("report", base.report),
    )


def _option(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
