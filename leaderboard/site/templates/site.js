"use strict";
// The tables of a benchmark: sort, search, filter, page, compare two rows. All state is in the hash.
document.body.classList.add("scripted");

const form = document.querySelector("form.tools");
const table = document.querySelector("table.sortable");
const status_ = document.getElementById("status");
const NARROW = matchMedia("(max-width: 48rem)");
const state = new Map(location.hash.includes("=") ? new URLSearchParams(location.hash.slice(1)) : []);
const loaded = new Map(); // what scripts brought: "table", "more", and rows by their id
let wanted = 0; // rows that may be shown

function keep(name, value) {
  if (value) state.set(name, value); else state.delete(name);
  const hash = new URLSearchParams([...state]).toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname.split("/").pop() + location.search);
}

function load(address) {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = () => failed(new Error(`${address} is not there`));
    document.head.append(script);
  });
}
function compared(name, content) { loaded.set(name, content); } // called by compare.js
function moreRows(groups) { loaded.set("more", groups); } // called by more.js

// --- rows
const step = () => NARROW.matches ? 10 : 50;
const bodies = table ? [...table.tBodies] : [];
const rows = new Map(bodies.map(body => [body, [...body.rows].slice(1)]));
const head = table ? [...table.tHead.rows[0].cells] : [];

let completing; // one load for all: who types fast asks again before it has ended
const complete = () => form.dataset.more && (completing ??= bring(form.dataset.more));
async function bring(file) { // the rows that the page itself lacks
  await load(file);
  for (const [name, html] of Object.entries(loaded.get("more"))) {
    const body = bodies.find(one => one.dataset.group == name);
    const holder = document.createElement("table");
    holder.innerHTML = `<tbody>${html}</tbody>`;
    rows.get(body).push(...holder.tBodies[0].rows);
    rows.get(body).forEach(prepare);
  }
  order();
}

function prepare(row) {
  if (row.dataset.ready) return;
  row.dataset.ready = "1";
  const name = row.cells[1], rank = row.cells[0];
  if (row.id && document.getElementById("comparison") && form.dataset.compare) {
    const box = document.createElement("input"), label = document.createElement("label");
    box.type = "checkbox";
    box.autocomplete = "off";
    box.setAttribute("aria-label", `Compare ${name.innerText.replace(/[\s¶]+/g, " ").trim()}`);
    box.checked = chosen().includes(row.id);
    box.addEventListener("change", () => choose(row.id, box.checked));
    label.append(box);
    rank.prepend(label);
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "unfold";
  button.textContent = "more";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", `more of ${name.innerText.split("\n")[0].replace(/[\s¶]+/g, " ").trim()}`);
  button.addEventListener("click", () => {
    const open = row.classList.toggle("open");
    button.setAttribute("aria-expanded", open);
    button.textContent = open ? "less" : "more";
  });
  name.append(button);
}

function fits(row) {
  const words = (state.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length) {
    row.searched ??= `${row.cells[1].textContent} ${row.dataset.text} ${row.dataset.pre}`.toLowerCase();
    if (!words.every(word => row.searched.includes(word))) return false;
  }
  return (!state.get("prov") || row.classList.contains(state.get("prov")))
    && (!state.get("init") || row.dataset.init == state.get("init"))
    && (!state.get("pre") || row.dataset.pre == state.get("pre"))
    && (!state.get("size") || (row.dataset.size && row.dataset.size <= +state.get("size")));
}

function show() {
  let fitting = 0, all = 0;
  for (const body of bodies) {
    const found = rows.get(body).filter(fits);
    const shown = found.slice(0, Math.max(0, wanted - fitting));
    fitting += found.length;
    all += rows.get(body).length;
    const rest = [...body.rows].slice(1);
    if (rest.length != shown.length || rest.some((row, n) => row != shown[n])) body.replaceChildren(body.rows[0], ...shown);
    body.hidden = !shown.length;
  }
  const shown = Math.min(wanted, fitting);
  const total = loaded.has("more") || !form.dataset.more ? all : +form.dataset.rows;
  const filtered = ["q", "prov", "init", "pre", "size"].some(name => state.get(name));
  status_.textContent = filtered ? `${fitting} of ${total} rows fit.` : "";
  form.querySelector(".reset").hidden = !filtered;
  const pager = document.querySelector(".pager");
  const left = (filtered ? fitting : total) - shown;
  pager.hidden = left <= 0;
  pager.querySelector(".next").textContent = `Show ${Math.min(step(), left)} more`;
  pager.querySelector(".every").textContent = `Show all ${filtered ? fitting : total}`;
  table.closest(".board").classList.toggle("all-columns", state.get("cols") == "all");
}

// --- order
function order() {
  const [place, direction] = (state.get("sort") || "").split(".");
  const cell = head.find(one => one.dataset.name == place);
  if (!cell) return;
  const at = head.indexOf(cell), kind = cell.dataset.sort;
  const key = row => kind == "text" ? (row.cells[at].dataset.order ?? (row.cells[at].matches(".empty") ? "" : row.cells[at].textContent)) : row.cells[at].dataset.order;
  const sign = direction == "ascending" ? 1 : -1;
  for (const body of bodies) {
    rows.get(body).sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (!x || !y) return !x - !y; // unknown values stay last
      return sign * (kind == "text" ? x.localeCompare(y, "en", {sensitivity: "base", numeric: true}) : x - y);
    });
  }
  head.forEach(one => one.removeAttribute("aria-sort"));
  cell.setAttribute("aria-sort", direction);
}

async function sort(cell) {
  await complete();
  const first = cell.dataset.sort == "high" ? "descending" : "ascending";
  const other = first == "ascending" ? "descending" : "ascending";
  const direction = cell.getAttribute("aria-sort") == first ? other : first;
  keep("sort", `${cell.dataset.name}.${direction}`);
  order();
  show();
  status_.textContent = `Sorted by ${cell.textContent.trim()}, ${direction}.`;
}

// --- comparison of two rows
const chosen = () => (state.get("compare") || "").split(",").filter(Boolean);

async function choose(id, ticked) {
  const ids = chosen().filter(one => one != id);
  keep("compare", (ticked ? [...ids, id].slice(-2) : ids).join(","));
  for (const row of [...rows.values()].flat()) {
    const box = row.querySelector(".rank input");
    if (box) box.checked = chosen().includes(row.id);
  }
  await compare();
}

async function compare() {
  const panel = document.getElementById("comparison"), ids = chosen();
  panel.hidden = ids.length < 2;
  if (ids.length == 1) status_.textContent = "One row is chosen. Tick another to compare them.";
  if (ids.length < 2) return;
  try {
    if (!loaded.has("table")) await load("compare.js");
    for (const id of ids) if (!loaded.has(id)) await load(`${encodeURIComponent(id)}/compare.js`);
  } catch (error) {
    panel.replaceChildren(element("p", `No comparison: ${error.message}.`));
    return;
  }
  if (ids.join() != chosen().join()) return; // others were chosen meanwhile
  const [a, b] = ids.map(id => loaded.get(id));
  panel.replaceChildren(...comparison(a, b));
  status_.textContent = "The comparison of two rows is below the table.";
}

function element(name, text, fields = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(fields)) made.setAttribute(key, value);
  return made;
}

function quantile(degrees) { // of Student's t, straight lines in 1 / degrees
  const known = loaded.get("table").quantiles;
  const next = known.findIndex(([at]) => at >= degrees);
  if (next <= 0) return known[next ? known.length - 1 : 0][1];
  const [[d0, t0], [d1, t1]] = [known[next - 1], known[next]];
  return t0 + (t1 - t0) * (1 / degrees - 1 / d0) / (1 / d1 - 1 / d0);
}

function difference(a, b) { // as metrics/intervals.py: micrographs, and seeds
  const {seedVariance, seedDegrees} = loaded.get("table");
  const mean = a.f1 - b.f1;
  if (seedVariance === null) return [mean, null];
  const squares = a.residuals.map((value, n) => (value - b.residuals[n]) ** 2);
  const sum = squares.reduce((x, y) => x + y, 0), fourth = squares.reduce((x, y) => x + y * y, 0);
  const degrees = fourth ? Math.max(2, 2 * sum ** 2 / fourth) : Infinity;
  const seeds = seedVariance * (1 / a.seeds + 1 / b.seeds), total = sum + seeds;
  if (!total) return [mean, 0];
  const together = total ** 2 / (sum ** 2 / degrees + seeds ** 2 / seedDegrees);
  return [mean, quantile(together) * Math.sqrt(total)];
}

const signed = value => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

function comparison(a, b) {
  const [mean, half] = difference(a, b);
  const parts = [element("h3", `${a.name} against ${b.name}`)];
  const ends = half === null ? "" : `, 95 % interval [${signed(mean - half)}, ${signed(mean + half)}]`;
  const word = half === null ? "Open: no row of this table has several seeds."
    : Math.abs(mean) <= half ? "Tied: the interval contains 0." : `The ${mean > 0 ? "first" : "second"} is better.`;
  parts.push(element("p", `F1 ${a.f1.toFixed(3)} and ${b.f1.toFixed(3)}; difference ${signed(mean)}${ends}. ${word}`));
  parts.push(element("p", "The interval is that of this one pair, over micrographs and seeds. It does not allow for having chosen the pair among many; the column “vs best” does.", {class: "soft"}));
  const of = new Map(b.classes), box = element("div", "", {class: "box", tabindex: 0, role: "region", "aria-label": "F1 by class of both rows"});
  const lines = element("table", ""), top = lines.createTHead().insertRow(), body = lines.createTBody();
  for (const title of ["class", "first", "second", "difference", ""]) top.append(element("th", title, {scope: "col"}));
  top.lastChild.innerHTML = '<span class="hidden">difference, drawn from −0.5 to +0.5</span>';
  for (const [name, f1] of a.classes) {
    const other = of.get(name), line = body.insertRow();
    if (other === undefined) continue;
    const gap = f1 - other, wide = Math.min(50, Math.abs(gap) * 100);
    line.append(element("th", name, {scope: "row"}));
    for (const text of [f1.toFixed(3), other.toFixed(3), signed(gap)]) line.append(element("td", text, {class: "number"}));
    line.insertCell().innerHTML = `<svg class="gap" aria-hidden="true"><line class="zero" x1="50%" x2="50%" y1="0" y2="100%"/><rect x="${gap < 0 ? 50 - wide : 50}%" width="${wide}%" y="25%" height="50%"/></svg>`;
  }
  box.append(lines);
  parts.push(box);
  const close = element("button", "Close the comparison", {type: "button"});
  close.addEventListener("click", () => { keep("compare", ""); choose("", false); });
  parts.push(close);
  return parts;
}

// --- start
async function start() {
  head.forEach(cell => {
    if (!cell.dataset.sort) return;
    cell.dataset.name = cell.textContent.trim().replace(/[^A-Za-z0-9]+/g, "-").toLowerCase();
    const button = element("button", "", {type: "button"});
    button.append(...cell.childNodes);
    button.addEventListener("click", () => sort(cell));
    cell.append(button);
  });
  [...rows.values()].flat().forEach(prepare);
  for (const field of form.elements) {
    if (!field.name) continue;
    const value = state.get(field.name) || "";
    if (field.type == "checkbox") field.checked = value == field.value; else field.value = value;
    field.addEventListener(field.type == "search" ? "input" : "change", async () => {
      keep(field.name, field.type == "checkbox" ? (field.checked ? field.value : "") : field.value);
      await complete();
      show();
    });
  }
  form.addEventListener("submit", event => event.preventDefault());
  form.querySelector(".reset").addEventListener("click", () => {
    for (const name of ["q", "prov", "init", "pre", "size"]) { keep(name, ""); if (form.elements[name]) form.elements[name].value = ""; }
    show();
    form.elements.q.focus();
  });
  const pager = document.querySelector(".pager");
  pager.querySelector(".next").addEventListener("click", async () => { await complete(); wanted += step(); show(); });
  pager.querySelector(".every").addEventListener("click", async () => { await complete(); wanted = Infinity; show(); });
  NARROW.addEventListener("change", () => { wanted = Math.max(wanted, step()); show(); });
  wanted = step();
  const target = location.hash && !location.hash.includes("=") ? decodeURIComponent(location.hash.slice(1)) : "";
  const place = [...rows.values()].flat().findIndex(row => row.id == target);
  if (state.size || (target && place < 0 && !document.getElementById(target))) await complete();
  if (target && [...rows.values()].flat().some(row => row.id == target)) wanted = Infinity;
  order();
  show();
  if (target) document.getElementById(target)?.scrollIntoView();
  await compare();
}

// --- sections that fold
function unfold() {
  const here = location.hash.includes("=") ? "" : decodeURIComponent(location.hash.slice(1));
  const target = here && document.getElementById(here);
  const details = target && target.closest("details");
  if (details) { details.open = true; target.scrollIntoView(); }
}
if (NARROW.matches) for (const one of document.querySelectorAll(".folding details")) one.open = false;
addEventListener("hashchange", unfold);
unfold();

for (const button of document.querySelectorAll("button.copy")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.of);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch { // not every browser allows it to a page of the disk
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy BibTeX"; }, 2000);
  });
}
if (form && table) start();
