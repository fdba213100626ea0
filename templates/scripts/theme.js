// Light or dark: the reader's system decides until the reader does; back at the system's choice, it decides again.
(() => {
  "use strict";
  const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)");
  const button = document.querySelector(".theme-switch");

  const shown = () => root.dataset.theme || (system.matches ? "dark" : "light");

  const remember = (theme) => {
    try {
      if (theme) localStorage.setItem("gradpress-theme", theme);
      else localStorage.removeItem("gradpress-theme");
    } catch { /* a browser that keeps nothing: until the page is left */ }
  };

  const say = () => button.setAttribute("aria-pressed", String(shown() === "dark"));

  button?.addEventListener("click", () => {
    const other = shown() === "dark" ? "light" : "dark";
    root.dataset.theme = other === (system.matches ? "dark" : "light") ? "" : other;
    remember(root.dataset.theme);
    say();
  });
  if (button) {
    system.addEventListener("change", say);
    say();
  }
})();
