// Finding pages of the site.  What is read are scripts that hand over their data, so that it works from a server and from
// the disk, and asks nobody else.  `gradpress/searching/` writes them and says what is in them.
(() => {
  "use strict";
  const given = document.querySelector(".search-open")?.dataset || {};
  const root = given.root || "", words = JSON.parse(given.words || "{}"), folder = `${root}assets/search/`;
  const LONGEST = 40;

  // ---- terms: as in gradpress/searching/terms.py ---------------------------------------------------------------
  const ALONE = "\\u2190-\\u22ff\\u27f0-\\u27ff\\u2900-\\u2aff\\u3040-\\u30ff\\u3400-\\u9fff"
    + "\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
  const TERM = new RegExp(`[${ALONE}]|(?:(?![${ALONE}])[\\p{L}\\p{N}])+`, "gu");
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const terms = (text) => (folded(text).match(TERM) || []).map((term) => [...term].slice(0, LONGEST).join(""));

  // ---- what is loaded --------------------------------------------------------------------------------------------
  const loaded = new Map(), handed = { pages: new Map(), terms: new Map() };
  let site = null;
  window.gradpressSearch = {
    site: (titles, starts) => { site = { titles, starts, count: Object.keys(titles).length }; },
    share: (start, pages) => handed.terms.set(start, pages),
    page: ([name, title, sections]) => handed.pages.set(name, { title, sections }),
  };
  const load = (file) => {
    if (!loaded.has(file)) {
      loaded.set(file, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = folder + file.split("/").map(encodeURIComponent).join("/");
        script.onload = resolve;
        script.onerror = () => { loaded.delete(file); reject(new Error(`${file} is missing`)); };
        document.head.append(script);
      }));
    }
    return loaded.get(file);
  };

  // ---- looking up ------------------------------------------------------------------------------------------------
  // The share that has the terms with the first letters of a word.
  const share = (word) => {
    const letters = [...word].slice(0, 2).join("");
    return Math.max(0, site.starts.findLastIndex((start) => start <= letters));
  };

  // 1 for the term itself, less for one that goes on or is a shorter form; 0 for another one.
  const likeness = (word, term) => {
    if (term === word) return 1;
    if (word.length > 1 && term.startsWith(word)) return 0.5 + 0.4 * word.length / term.length;
    if (term.length > 3 && word.length - term.length < 4 && word.startsWith(term)) return 0.45;
    return 0;
  };

  // Another form of the same word: `descending` for `descent`.
  const kinship = (word, term) => {
    let same = 0;
    while (same < word.length && word[same] === term[same]) same += 1;
    return same > 4 && same >= 0.6 * word.length && term.length - same < 6 ? 0.4 : 0;
  };

  // One slip of the finger between two words of the same first letter.
  const slip = (a, b) => {
    if (Math.abs(a.length - b.length) > 1 || a.length < 4) return 0;
    let k = 0;
    while (k < a.length && a[k] === b[k]) k += 1;
    const rest = (word, from) => word.slice(k + from);
    const swapped = a[k] === b[k + 1] && a[k + 1] === b[k] && rest(a, 2) === rest(b, 2);
    return swapped || rest(a, 1) === rest(b, 1) || rest(a, 0) === rest(b, 1) || rest(a, 1) === rest(b, 0) ? 0.3 : 0;
  };

  const matches = async (word) => {
    const number = share(word);
    if (number < site.starts.length) await load(`terms-${number}.js`);
    for (const like of [likeness, kinship, slip]) {
      const found = new Map();
      for (const [page, kept] of Object.entries(handed.terms.get(site.starts[number]) || {})) {
        for (const entry of kept.split(/[;|]/)) {
          if (entry[0] !== word[0]) continue;
          const [term, ...places] = entry.split(","), worth = like(word, term);
          if (worth) note(found, page, term, worth, places);
        }
      }
      if (found.size) return found;
    }
    return new Map();
  };

  const note = (found, page, term, like, places) => {
    const known = found.get(page) || { terms: new Set(), sections: new Map(), weight: 0 };
    for (let k = 0; k < places.length; k += 2) {
      const worth = like * +places[k + 1];
      known.sections.set(+places[k], (known.sections.get(+places[k]) || 0) + worth);
      known.weight += worth;
    }
    known.terms.add(term);
    found.set(page, known);
  };

  // Pages that have the most words of the query come first, then those where rare words stand often or in headings.
  const ranked = async (query) => {
    const words = [...new Set(terms(query))], pages = new Map();
    for (const word of words) {
      const found = await matches(word);
      const rare = Math.log(1 + (site.count + 0.5) / (found.size + 0.5));
      for (const [page, { terms: hits, sections, weight }] of found) {
        const known = pages.get(page) || { page, words: 0, score: 0, terms: new Set(), sections: new Map() };
        known.words += 1;
        known.score += rare * weight / (weight + 8);
        hits.forEach((term) => known.terms.add(term));
        for (const [section, worth] of sections) {
          known.sections.set(section, (known.sections.get(section) || 0) + 10 + rare * worth / (worth + 8));
        }
        pages.set(page, known);
      }
    }
    const all = [...pages.values()].sort((a, b) => b.words - a.words || b.score - a.score || (a.page < b.page ? -1 : 1));
    return all.filter((page) => page.words === all[0].words);
  };

  // Where terms stand in a text: pairs of start and end.
  const places = (text, wanted) => {
    const found = [];
    for (const word of text.matchAll(/[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu)) {
      let at = word.index;
      const parts = terms(word[0]);
      if (parts.length === 1 && wanted.has(parts[0])) found.push([at, at + word[0].length]);
      if (parts.length > 1) {
        for (const letter of word[0]) {
          if (terms(letter).some((term) => wanted.has(term))) found.push([at, at + letter.length]);
          at += letter.length;
        }
      }
    }
    return found;
  };

  Object.assign(window.gradpressSearch, {
    root, words, terms, folded, places, load, ranked,
    opened: async (page) => {
      await load(`pages/${page}.js`);
      return handed.pages.get(page);
    },
  });
})();
