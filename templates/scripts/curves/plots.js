// Plots of losses that answer: the values at a step, each curve on and off, a linear or a logarithmic scale,
// curves of other plots of the page beside one's own.  The static picture stays for paper, and for readers
// without scripts; colours and dashes are those of the style sheet, so that they follow the theme.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const DASHES = ["", "9 3", "2.5 2.5", "9 3 2.5 3", "5 2", "13 4"];
  const EDGE = { top: 10, right: 20, bottom: 40 };
  const LEAST_HEIGHT = 224; // as the static picture has on a phone
  const plots = [];
  const { steps, nearest, isDrawable, raised, said, linearTicks, logTicks, extent } = window.gradpressNumbers;

  // ---- elements ----

  const made = (name, attributes = {}, ...content) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...content);
    return element;
  };

  const drawn = (name, attributes, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // A phrase of the page's language with what it speaks of in place of its braces.
  const filled = (phrase, ...values) => values.reduce((text, value) => text.replace("{}", () => value), phrase);

  const looks = (index) => ({
    style: `--curve: var(--curve-${(index % 6) + 1})`,
    "stroke-dasharray": DASHES[(index + Math.floor(index / 6)) % 6],
  });

  // ---- one plot ----

  class Plot {
    constructor(picture, data, words, number) {
      Object.assign(this, { picture, words, number, isLog: data.log, at: -1, width: 0 });
      this.figure = picture.closest("figure");
      this.curves = data.curves.map((curve) => ({ ...curve, steps: steps(curve), isShown: true, of: this }));
      this.area = made("div", { class: "curves-area", tabindex: "0", role: "slider", "aria-label": words.step });
      this.tip = made("div", { class: "curves-tip", hidden: "", "aria-hidden": "true" });
      this.bar = made("div", { class: "curves-bar" });
      this.live = made("div", { class: "curves", role: "group", "aria-label": picture.getAttribute("aria-label") ?? "" });
      this.live.append(this.bar, this.area);
    }

    get shown() { return this.curves.filter((curve) => curve.isShown); }

    // The figure's number, its label, or which of the page's plots it is.
    get name() {
      const written = this.figure?.querySelector("figcaption > .number, figcaption .number")?.textContent;
      const label = this.figure?.closest(".cell")?.id ?? "";
      return written?.replace(/\s+/g, " ").replace(/[:. ]+$/, "") || (label.includes(":") ? "" : label) || filled(this.words.run, this.number);
    }

    get title() {
      const caption = this.figure?.querySelector("figcaption")?.cloneNode(true);
      caption?.querySelector(".number")?.remove();
      for (const formula of caption?.querySelectorAll("math:has(annotation)") ?? []) {
        formula.textContent = formula.querySelector("annotation").textContent;
      }
      for (const formula of caption?.querySelectorAll(".math") ?? []) {
        formula.textContent = formula.textContent.replace(/^\s*\\\(|\\\)\s*$/g, "");
      }
      const words = caption?.textContent.replace(/\s+/g, " ").trim() ?? "";
      return words ? `${this.name}: ${words.length > 48 ? `${words.slice(0, 46)}…` : words}` : this.name;
    }

    start() {
      this.picture.before(this.live);
      this.picture.classList.add("curves-static");
      this.buildBar();
      new ResizeObserver(() => { if (this.area.clientWidth !== this.width) this.draw(); }).observe(this.area);
      this.area.addEventListener("pointermove", (event) => this.point(event));
      this.area.addEventListener("pointerdown", (event) => this.point(event));
      this.area.addEventListener("pointerleave", () => { if (document.activeElement !== this.area) this.mark(-1); });
      this.area.addEventListener("focus", () => { if (this.at < 0) this.mark(this.all.length - 1); });
      this.area.addEventListener("blur", () => this.mark(-1));
      this.area.addEventListener("keydown", (event) => this.key(event));
    }

    // ---- what the reader can press ----

    buildBar() {
      const keys = this.curves.map((curve, index) => this.legendKey(curve, index));
      this.scale = made("button", { type: "button", class: "curves-scale", title: this.words.scale }, this.words.log);
      this.scale.addEventListener("click", () => { this.isLog = !this.isLog; this.draw(); });
      this.bar.replaceChildren(made("div", { class: "curves-keys" }, ...keys), ...this.compareMenu(), this.scale);
      this.draw();
    }

    legendKey(curve, index) {
      const line = drawn("svg", { class: "curves-key", viewBox: "0 0 30 8", "aria-hidden": "true" });
      line.append(drawn("path", { d: "M0 4H30", class: "curves-line", ...looks(index) }));
      const name = curve.of === this ? curve.name : `${curve.name} · ${curve.of.name}`;
      const button = made("button", { type: "button", "aria-pressed": String(curve.isShown) }, line, name);
      button.addEventListener("click", () => {
        curve.isShown = !curve.isShown;
        button.setAttribute("aria-pressed", String(curve.isShown));
        this.draw();
      });
      return button;
    }

    // The other plots of the page that have a curve of the same name; the open menu outlives its choices.
    compareMenu() {
      const names = new Set(this.curves.map((curve) => curve.like));
      const others = plots.filter((plot) => plot !== this && plot.curves.some((c) => c.of === plot && names.has(c.like)));
      if (!others.length) return [];
      if (!this.menu) {
        this.menu = made("details", { class: "curves-compare" }, made("summary", {}, this.words.compare));
        this.menu.append(made("div", {}, ...others.map((plot) => this.choice(plot, names))));
        this.menu.addEventListener("keydown", (event) => {
          if (event.key !== "Escape") return;
          this.menu.open = false;
          this.menu.firstChild.focus();
        });
      }
      return [this.menu];
    }

    choice(plot, names) {
      const box = made("input", { type: "checkbox" });
      box.addEventListener("change", () => {
        const others = this.curves.filter((curve) => curve.of !== plot);
        const more = plot.curves.filter((c) => c.of === plot && names.has(c.like)).map((c) => ({ ...c, isShown: true }));
        this.curves = box.checked ? [...others, ...more] : others;
        this.buildBar();
        box.focus();
      });
      return made("label", {}, box, ` ${plot.title}`);
    }

    key(event) {
      const last = this.all.length - 1, far = Math.max(1, Math.round(last / 10)), at = this.at < 0 ? last : this.at;
      const moves = {
        ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1,
        PageUp: at + far, PageDown: at - far, Home: 0, End: last, Escape: -1,
      };
      if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.mark(event.key === "Escape" ? -1 : Math.min(last, Math.max(0, moves[event.key])));
    }

    point(event) {
      if (!this.all.length) return;
      const x = event.clientX - this.area.getBoundingClientRect().left;
      this.mark(nearest(this.all, this.x.low + ((x - this.left) / this.room) * (this.x.high - this.x.low)));
    }

    // ---- what is drawn ----

    draw() {
      this.width = this.area.clientWidth;
      if (!this.width) return; // in a fold or a tab that is closed
      this.height = Math.max(LEAST_HEIGHT, Math.round(this.width / 2));
      this.canvas = drawn("svg", { viewBox: `0 0 ${this.width} ${this.height}`, "aria-hidden": "true" });
      this.measure();
      this.axes();
      this.curves.forEach((curve, index) => { if (curve.isShown) this.curve(curve, index); });
      this.pointer = this.canvas.appendChild(drawn("g", { class: "curves-pointer" }));
      this.area.replaceChildren(this.canvas, this.tip);
      this.mark(this.at < this.all.length ? this.at : -1);
    }

    measure() {
      const values = (log) => this.shown.flatMap((curve) => curve.values.filter((v) => isDrawable(v, log)));
      const positive = values(true);
      const log = this.log = this.isLog && positive.length > 0;
      this.scale.disabled = !positive.length;
      this.scale.setAttribute("aria-pressed", String(log));
      this.all = [...new Set(this.shown.flatMap((curve) => curve.steps))].sort((a, b) => a - b);
      const bad = this.shown.flatMap((curve) => curve.bad ?? []);
      const [left, right] = extent([...this.all, ...bad], 0.015, [0, 1]);
      const [low, high] = log ? extent(positive.map(Math.log10), 0.05, [0, 1]) : extent(values(false), 0.05, [0, 1]);
      this.x = { low: left, high: right };
      this.y = { low, high };
      const rows = Math.round(this.height / 45);
      this.ticks = log ? logTicks(low, high, rows) : linearTicks(low, high, rows);
      this.left = 16 + 7 * Math.max(2, ...this.ticks.map((tick) => this.tick(tick).length));
      this.room = this.width - this.left - EDGE.right;
    }

    tick(value) {
      if (!this.log) return said(value, 6);
      return Number.isInteger(value) && Math.abs(value) > 2 ? raised(value) : said(10 ** value, 2);
    }

    px(step) { return this.left + ((step - this.x.low) / (this.x.high - this.x.low)) * this.room; }

    py(value) {
      const v = this.log ? Math.log10(value) : value;
      return EDGE.top + ((this.y.high - v) / (this.y.high - this.y.low)) * (this.height - EDGE.top - EDGE.bottom);
    }

    add(name, attributes, text) { return this.canvas.appendChild(drawn(name, attributes, text)); }

    axes() {
      const bottom = this.height - EDGE.bottom, right = this.width - EDGE.right;
      for (const tick of this.ticks) {
        const y = this.py(this.log ? 10 ** tick : tick);
        this.add("path", { class: "curves-grid", d: `M${this.left} ${y}H${right}` });
        this.add("text", { x: this.left - 6, y: y + 4, "text-anchor": "end" }, this.tick(tick));
      }
      for (const tick of linearTicks(this.x.low, this.x.high, Math.max(2, Math.round(this.room / 80)), 1)) {
        this.add("path", { class: "curves-grid", d: `M${this.px(tick)} ${EDGE.top}V${bottom}` });
        this.add("text", { x: this.px(tick), y: bottom + 16, "text-anchor": "middle" }, said(tick, 6));
      }
      this.add("path", { class: "curves-axis", d: `M${this.left} ${EDGE.top}V${bottom}H${right}` });
      this.add("text", { x: (this.left + right) / 2, y: this.height - 5, "text-anchor": "middle" }, this.words.step);
    }

    curve(curve, index) {
      const { style, ...dashes } = looks(index);
      let path = "", isOn = false, end = null;
      curve.values.forEach((value, k) => {
        const isPoint = isDrawable(value, this.log);
        if (isPoint) {
          const [x, y] = [this.px(curve.steps[k]).toFixed(1), this.py(value).toFixed(1)];
          path += `${isOn ? "L" : "M"}${x} ${y}`;
          if (curve.values.length <= 25) this.add("circle", { class: "curves-dot", style, cx: x, cy: y, r: 2.4 });
          if (curve.bad === undefined || curve.steps[k] < curve.bad) end = [x, y];
        }
        isOn = isPoint;
      });
      this.add("path", { class: "curves-line", style, ...dashes, d: path });
      if (curve.bad !== undefined) this.divergence(curve, style, end);
    }

    // As in the static picture: a line at the step, a cross on the last point before it, and words.
    divergence(curve, style, end) {
      const x = this.px(curve.bad), isLate = x > this.left + this.room / 2, bottom = this.height - EDGE.bottom;
      this.add("path", { class: "curves-bad", style, d: `M${x} ${EDGE.top}V${bottom}` });
      if (end) this.add("path", { class: "curves-cross", style, d: `M${end[0]} ${end[1]}m-4 -4l8 8m-8 0l8 -8` });
      const anchor = isLate ? "end" : "start";
      this.add("text", { x: x + (isLate ? -6 : 6), y: bottom - 8, "text-anchor": anchor }, filled(this.words.diverged, curve.bad));
    }

    // ---- the values at a step ----

    // What each curve has at the step: nothing before its first and after its last point.
    valuesAt(step) {
      return this.curves.flatMap((curve, index) => {
        if (!curve.isShown || !curve.steps.length || step < curve.steps[0] || step > curve.steps.at(-1)) return [];
        const k = nearest(curve.steps, step);
        return [{ curve, index, step: curve.steps[k], value: curve.values[k] }];
      });
    }

    mark(at) {
      this.at = at;
      const step = this.all[at < 0 ? this.all.length - 1 : at] ?? 0, found = this.valuesAt(step);
      const words = found.map(({ curve, value }) => `${this.from(curve)} ${this.value(value)}`);
      const told = { valuemin: this.all[0] ?? 0, valuemax: this.all.at(-1) ?? 0, valuenow: step };
      told.valuetext = [filled(this.words.at, step), ...words].join(", ");
      for (const [key, value] of Object.entries(told)) this.area.setAttribute(`aria-${key}`, value);
      this.pointer?.replaceChildren();
      this.tip.hidden = at < 0;
      if (at < 0 || !this.pointer) return;
      this.pointer.append(drawn("path", { d: `M${this.px(step)} ${EDGE.top}V${this.height - EDGE.bottom}` }));
      for (const one of found.filter(({ value }) => isDrawable(value, this.log))) {
        const place = { cx: this.px(one.step), cy: this.py(one.value), r: 3.5, style: looks(one.index).style };
        this.pointer.append(drawn("circle", place));
      }
      this.tip.replaceChildren(made("strong", {}, filled(this.words.at, step)), ...found.map((one) => this.line(one)));
      this.placeTip(this.px(step));
    }

    // The name of a curve for those who hear it.
    from(curve) { return curve.of === this ? curve.name : filled(this.words.of, curve.name, curve.of.name); }

    value(value) { return value === null ? this.words.infinite : said(value); }

    line({ curve, index, value }) {
      const key = made("i", { style: looks(index).style });
      const name = curve.of === this ? curve.name : `${curve.name} · ${curve.of.name}`;
      return made("div", {}, key, `${name} `, made("b", {}, this.value(value)));
    }

    placeTip(x) {
      const { offsetWidth: width } = this.tip, left = x + 12 + width < this.width ? x + 12 : x - 12 - width;
      this.tip.style.left = `${Math.max(0, left)}px`;
    }
  }

  for (const script of document.querySelectorAll("script.curves-data")) {
    const [data, words] = [JSON.parse(script.textContent), JSON.parse(script.dataset.words)];
    plots.push(new Plot(script.previousElementSibling, data, words, plots.length + 1));
  }
  for (const plot of plots) plot.start();
})();
