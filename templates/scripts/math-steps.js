// MathJax's own steps, taken one formula at a time with pauses between, outside the page; the page is changed, and laid
// out again, only a few times.  `MathJax.typesetPromise` of a few formulas at a time lays it out twice for each few.
(() => {
  "use strict";
  const [FOUND, METRICS, TYPESET, INSERTED] = [10, 110, 150, 200];  // MathJax's numbers for what has been done
  const SLICE = 8;  // milliseconds of work; on a phone, four times as slow, this is still no long task
  const PORTION = 350;  // elements that are put into the page at once: as long
  const PORTIONS = 16;  // at most: each time the whole page is laid out, and a long page has more of it
  const found = new Set();
  const { port1, port2 } = new MessageChannel();  // timers of pages in the background run once a second
  const resting = [];
  port1.onmessage = () => resting.shift()();
  const pause = () => new Promise((done) => { resting.push(done); port2.postMessage(0); });

  // A page in the background is not painted.
  const painted = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100); });

  // Something may have to be fetched first; MathJax says so by throwing.
  const patiently = async (action) => {
    for (;;) try { return action(); } catch (error) { if (!error.retry) throw error; await error.retry; }
  };

  // What is wrong with a formula is left to MathJax, which meets it again when it goes through all of them.
  const each = async (items, action, rest = pause) => {
    const left = [...items];
    for (let began = performance.now(); left.length;) {
      await patiently(() => action(left[0])).catch(() => null);
      left.shift();
      if (performance.now() - began > SLICE) { await rest(left); began = performance.now(); }
    }
  };

  // Of formulas in equal letters, in lines of equal width, one is measured.
  const surroundings = (formula, isDisplay) => {
    const { fontFamily, fontSize, fontStyle, fontWeight } = getComputedStyle(formula);
    let line = formula;
    while (line.parentElement && getComputedStyle(line).display.startsWith("inline")) line = line.parentElement;
    return [isDisplay, fontFamily, fontSize, fontStyle, fontWeight, line.clientWidth].join();
  };

  const measured = async (items, home, all) => {
    const [models, others] = [new Map(), []];
    for (const item of items) {
      const key = surroundings(home(item), item.display);
      if (models.has(key)) others.push([item, models.get(key)]);
      else models.set(key, item);
    }
    for (const [item] of others) item.state(METRICS);
    await all(METRICS, TYPESET);
    for (const [item, { metrics, outputData }] of others) {
      Object.assign(item.metrics, metrics);
      Object.assign(item.outputData, outputData);
    }
  };

  // MathJax 3 forgets the labels of what it compiles twice, which is what names an equation that comes later.
  const label = (item) => {
    const labels = [...item.math.matchAll(/\\label\s*\{([^}]*)\}/g)].map(([, name]) => name.replace(/\s/g, "_"));
    const numbers = item.typesetRoot.querySelectorAll('[id^="mjx-eqn"]');
    if (labels.length === numbers.length) numbers.forEach((number, k) => { number.id = `mjx-eqn:${labels[k]}`; });
  };

  const size = (item) => item.typesetRoot.getElementsByTagName("*").length;

  const portions = (items) => {
    const least = Math.max(PORTION, items.reduce((sum, item) => sum + size(item), 0) / PORTIONS);
    const made = [];
    let room = 0;
    for (const item of items) {
      if (room <= 0) { made.push([]); room = least; }
      made.at(-1).push(item);
      room -= size(item);
    }
    return made;
  };

  // Sets formulas in this order, those that `isNear` first into the page; `show` is told of each.
  window.gradpressSet = async (formulas, isNear, show) => {
    const doc = MathJax.startup.document;
    if (!doc?.renderActions || !doc.math) return MathJax.typesetPromise(formulas);
    const steps = (from, below) => [...doc.renderActions].filter(({ priority }) => from <= priority && priority < below).map(({ item }) => item);
    const all = (from, below) => patiently(() => steps(from, below).forEach((step) => step.renderDoc(doc)));
    doc.options.elements = formulas;
    doc.reset();
    await all(0, FOUND + 1);
    formulas.forEach((formula) => found.add(formula));

    const place = new Map(formulas.map((formula, k) => [formula, k]));
    const homes = new Map([...doc.math].filter((item) => item.state() < INSERTED).map((item) => [item, item.start.node.parentElement?.closest(".math")]));
    const home = (item) => homes.get(item);
    const items = [...homes.keys()].filter((item) => place.has(home(item))).sort((a, b) => place.get(home(a)) - place.get(home(b)));
    const [compiling, drawing] = [steps(FOUND + 1, METRICS), steps(TYPESET, INSERTED)];
    await each(items, (item) => compiling.forEach((step) => step.renderMath(item, doc)));
    await all(FOUND + 1, METRICS);  // names the numbers of equations that were compiled later
    const again = new Set(items.filter((item) => item.inputData.recompile));
    for (const item of again) delete item.inputData.recompile;  // or they are compiled whenever another one is
    await measured(items, home, all);

    const insert = (some) => {
      if (!some.length) return;
      doc.addPageElements?.();
      doc.addStyleSheet?.();
      for (const item of some) { item.updateDocument(doc); show(home(item)); }
      void document.body.offsetHeight;  // laid out now, for the browser may wait until there is more
    };
    // What is read moves by little at a time: of all that moves at once, each is counted by the farthest that any goes.
    const insertInSight = async (some) => {
      const blocks = Map.groupBy(some, (item) => home(item).closest("p, li, td, th, dd, figcaption, h1, h2, h3, h4, h5, h6") ?? home(item));
      for (const block of blocks.values()) { insert(block.filter(drawn)); await painted(); }
    };
    const drawn = (item) => item.typesetRoot && TYPESET <= item.state() && item.state() < INSERTED;
    const inSight = (item) => isNear(home(item));
    const rest = async (left) => {
      left.sort((a, b) => inSight(b) - inSight(a));
      if (!left.some(inSight)) await insertInSight(items.filter((item) => inSight(item) && drawn(item)));
      await pause();
    };
    const draw = (item) => {
      drawing.forEach((step) => step.renderMath(item, doc));
      if (again.has(item)) label(item);
    };
    await each(items, draw, rest);
    await insertInSight(items.filter((item) => inSight(item) && drawn(item)));
    for (const portion of portions(items.filter(drawn))) { insert(portion.filter(drawn)); await pause(); }
    return MathJax.typesetPromise([]);  // what is left: faults, and what MathJax does after all
  };

  // For the printer, which does not wait.
  window.gradpressSetNow = (formulas) => MathJax.typeset?.(formulas.filter((formula) => !found.has(formula)));
})();
