// The cell that runs: its losses so far as a small curve, in a corner of the page until its results are there.
import { made } from "./overlay.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [260, 90];
const SOON = 300; // milliseconds; a cell that takes less is not worth a card

const drawn = (tag, attributes) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

const clock = (seconds) => {
  const whole = Math.floor(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
};

const short = (value) => {
  if (value === null) return "not finite";
  const size = Math.abs(value);
  return size && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : Number(value.toPrecision(4)).toString();
};

// Logarithmic where the values ask for it, as the plot on the page will be.
const scaled = (values) => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const log = low > 0 && high / low > 20 ? Math.log10 : (value) => value;
  const [from, to] = [log(low), log(high)];
  return (value) => (to > from ? (log(value) - from) / (to - from) : 0.5);
};

function path(points, across, up) {
  let pen = "M";
  return points.map(([step, value]) => {
    if (value === null) { pen = "M"; return ""; }
    const part = `${pen}${(across(step) * WIDTH).toFixed(1)} ${((1 - up(value)) * (HEIGHT - 6) + 3).toFixed(1)}`;
    pen = "L";
    return part;
  }).join("");
}

function plot(losses) {
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  const points = Object.values(losses).flat().filter(([, value]) => value !== null);
  if (points.length < 2) return svg;
  const steps = points.map(([step]) => step);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const across = (step) => (last > first ? (step - first) / (last - first) : 0);
  const up = scaled(points.map(([, value]) => value));
  Object.values(losses).forEach((curve, k) => svg.append(drawn("path", { d: path(curve, across, up), class: `curve c${k % 4}` })));
  return svg;
}

export class Losses {
  constructor(root, page, showsAll) {
    this.page = page;
    this.showsAll = showsAll; // where the page is not there yet it may wait for another one
    this.box = made("aside", "running");
    this.box.setAttribute("aria-label", "Cell that runs");
    this.box.hidden = true;
    this.text = made("p", "what");
    this.values = made("p", "values");
    this.box.append(this.text, this.values);
    root.append(this.box);
    setInterval(() => this.tick(), 250);
  }

  show(cells) {
    const own = cells.filter((cell) => cell.page === this.page);
    this.cell = own[0] ?? (this.showsAll ? cells[0] : undefined);
    if (this.cell) this.began = performance.now() - this.cell.seconds * 1000;
    this.box.querySelector("svg")?.remove();
    const losses = this.cell?.losses ?? {};
    if (Object.keys(losses).length) this.box.append(plot(losses));
    this.values.replaceChildren(...Object.entries(losses).map(([name, curve], k) => this.value(name, curve.at(-1), k)));
    this.tick();
  }

  value(name, [step, value], k) {
    const line = made("span", `c${k % 4}`);
    line.append(made("b", "", `${name} ${short(value)}`), ` step ${step}`);
    return line;
  }

  tick() {
    const passed = this.cell ? performance.now() - this.began : 0;
    this.box.hidden = passed < SOON;
    if (this.cell) this.text.textContent = `${this.cell.file}:${this.cell.line} runs · ${clock(passed / 1000)}`;
  }
}
