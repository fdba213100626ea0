// Keeps the page that is shown the page that is built: listens for events, fetches what changed, and shows what is wrong.
import { Losses } from "./losses.js";
import { Overlay } from "./overlay.js";
import { comesBack, reload } from "./scroll.js";
import { parsed, swapped } from "./swap.js";

const script = document.querySelector("script[data-gradpress]");
const target = (url) => decodeURIComponent(url.pathname).slice(1).replace(/(^|\/)$/, "$1index.html");
const here = target(location);
const overlay = new Overlay(here);
const losses = new Losses(overlay.root, here, !script.dataset.gradpress);

let version = script.dataset.gradpress;
let base = null;
let source = null;
let waiting = 0;
let work = Promise.resolve();
let isBuilding = true;

// The page as it was sent, before scripts have touched it: what a new version is compared with.
const begun = version
  ? fetch(location.pathname, { cache: "force-cache" })
      .then(async (answer) => { if (answer.headers.get("ETag") === version) base = parsed(await answer.text()); })
      .catch(() => {})
  : null;

async function update() {
  await begun;
  const answer = await fetch(location.pathname, { cache: "no-cache" });
  if (answer.status === 404 && version) return overlay.gone(true);
  const etag = answer.headers.get("ETag");
  if (!answer.ok) return;
  overlay.gone(false);
  if (etag === version) return;
  const next = parsed(await answer.text());
  if (!base || !(await swapped(base, next))) return reload();
  [base, version] = [next, etag];
}

const asset = (element, name, targets) => {
  const url = new URL(element.getAttribute(name), location.href);
  return url.origin === location.origin && targets.has(target(url)) ? url : null;
};

// Style sheets and pictures are fetched again under an address that the browser does not know.
function refresh(targets) {
  const again = (url) => { url.searchParams.set("v", Date.now()); return url.href; };
  for (const link of document.querySelectorAll("link[rel=stylesheet][href]")) {
    const url = asset(link, "href", targets);
    if (!url) continue;
    const other = link.cloneNode();
    other.href = again(url);
    other.addEventListener("load", () => link.remove());
    link.after(other);
  }
  for (const image of document.querySelectorAll("img[src]")) {
    const url = asset(image, "src", targets);
    if (url) image.src = again(url);
  }
}

async function changed(targets) {
  if ([...document.querySelectorAll("script[src]")].some((s) => asset(s, "src", targets))) return reload();
  if (targets.has(here)) await update();
  refresh(targets);
}

function close() {
  clearTimeout(waiting);
  source?.close();
  source = null;
}

function connect() {
  close();
  const query = new URLSearchParams({ page: decodeURIComponent(location.pathname), etag: version });
  source = new EventSource(`/_gradpress/events?${query}`);
  const on = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  on("state", (state) => {
    overlay.show(state);
    if (isBuilding && !state.building) work = work.then(update);
    isBuilding = state.building;
  });
  on("cells", ({ cells }) => losses.show(cells));
  on("changed", ({ targets }) => { work = work.then(() => changed(new Set(targets))).catch(reload); });
  source.onerror = () => {
    close();
    overlay.lost();
    waiting = setTimeout(connect, 500);
  };
}

// A browser has six connections to one server: pages that nobody sees hold none.
document.addEventListener("visibilitychange", () => (document.hidden ? close() : connect()));
addEventListener("pagehide", close);
addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
comesBack();
if (!document.hidden) connect();
