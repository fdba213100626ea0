// What is wrong, at the lower edge of the page; in a tree of its own, where the page's styles do not reach.
const WORDS = { error: ["error", "errors"], warning: ["warning", "warnings"] };

export const made = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
};

const counted = (found, severity) => {
  const count = found.filter((d) => d.severity === severity).length;
  return count ? [`${count} ${WORDS[severity][count === 1 ? 0 : 1]}`] : [];
};

export class Overlay {
  constructor(page) {
    this.name = page.replace(/\.html$/, "");
    const host = made("div");
    host.dataset.gradpress = "overlay";
    this.root = host.attachShadow({ mode: "open" });
    const style = made("link");
    style.rel = "stylesheet";
    style.href = "/_gradpress/overlay.css";
    this.box = made("section", "findings");
    this.box.setAttribute("aria-label", "Diagnostics of the build");
    this.box.hidden = true;
    this.root.append(style, this.box);
    document.body.append(host);
    this.state = { failure: "", restart: [], diagnostics: [] };
    this.isGone = this.isLost = false;
    this.open = null; // as the reader has chosen; null: by what there is
    this.shown = "";
  }

  show(state) {
    this.state = state;
    clearTimeout(this.losing);
    this.isLost = false;
    this.draw();
  }

  gone(isGone) {
    this.isGone = isGone;
    this.draw();
  }

  lost() {
    clearTimeout(this.losing);
    this.losing = setTimeout(() => { this.isLost = true; this.draw(); }, this.isLost ? 0 : 2000);
  }

  isOwn(found) {
    return found.file.replace(/\.[A-Za-z]+$/, "") === this.name;
  }

  notes() {
    const notes = this.state.failure ? [["error", this.state.failure]] : [];
    if (this.isGone) notes.push(["warning", "The file of this page is gone; this is how it was."]);
    if (this.isLost) notes.push(["warning", "serve has stopped: what is saved now is not seen here."]);
    const names = this.state.restart.join(", ");
    if (names) notes.push(["warning", `${names} of Gradpress changed: start serve again to use it.`]);
    return notes;
  }

  draw() {
    const [notes, found] = [this.notes(), this.state.diagnostics];
    const content = JSON.stringify([notes, found]);
    if (content === this.shown) return;
    this.shown = content;
    const [own, other] = [found.filter((d) => this.isOwn(d)), found.filter((d) => !this.isOwn(d))];
    const urgent = notes.length > 0 || own.some((d) => d.severity === "error");
    this.open = urgent;
    this.box.hidden = !notes.length && !found.length;
    this.box.replaceChildren(this.bar(found, notes), this.list(notes, own, other));
    this.turn();
  }

  bar(found, notes) {
    const bar = made("header", "bar");
    const words = [...counted(found, "error"), ...counted(found, "warning")];
    this.button = made("button", "count", words.join(", ") || `${notes.length === 1 ? "1 note" : "notes"}`);
    this.button.addEventListener("click", () => { this.open = !this.open; this.turn(); });
    this.button.dataset.severity = notes.concat(found.map((d) => [d.severity])).some(([s]) => s === "error") ? "error" : "warning";
    const away = made("button", "away", "×");
    away.setAttribute("aria-label", "Hide until the next finding");
    away.addEventListener("click", () => { this.box.hidden = true; });
    bar.append(this.button, away);
    return bar;
  }

  turn() {
    this.box.dataset.open = this.open;
    this.button.setAttribute("aria-expanded", this.open);
  }

  list(notes, own, other) {
    const list = made("div", "list");
    const line = (severity, text) => {
      const made_ = made("p", "finding", text);
      made_.dataset.severity = severity;
      return made_;
    };
    list.append(...notes.map(([severity, text]) => line(severity, text)), ...own.map((d) => line(d.severity, d.text)));
    if (other.length) {
      const fold = made("details");
      fold.open = !own.length && !notes.length;
      fold.append(made("summary", "", `Other pages: ${[...counted(other, "error"), ...counted(other, "warning")].join(", ")}`));
      fold.append(...other.map((d) => line(d.severity, d.text)));
      list.append(fold);
    }
    return list;
  }
}
