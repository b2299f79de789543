"use strict";
const statusLine = document.getElementById("status");

function compare(kind, a, b) {
  return kind == "text" ? a.localeCompare(b, "en", {sensitivity: "base", numeric: true}) : a - b;
}

function sort(table, head, place) {
  const {sort: kind} = head[place].dataset, body = table.tBodies[0];
  const first = kind == "high" ? "descending" : "ascending";
  const other = first == "ascending" ? "descending" : "ascending";
  const order = head[place].getAttribute("aria-sort") == first ? other : first;
  const key = row => row.cells[place].dataset.order;
  const rows = [...body.rows].sort((a, b) => {
    if (!key(a) || !key(b)) return !key(a) - !key(b); // unknown values stay last
    return compare(kind, key(a), key(b)) * (order == "ascending" ? 1 : -1);
  });
  body.append(...rows);
  head.forEach(cell => cell.removeAttribute("aria-sort"));
  head[place].setAttribute("aria-sort", order);
  statusLine.textContent = `Sorted by ${head[place].textContent.trim()}, ${order}.`;
}

for (const table of document.querySelectorAll("table.sortable")) {
  const head = [...table.tHead.rows[0].cells];
  head.forEach((cell, place) => {
    if (!cell.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    button.addEventListener("click", () => sort(table, head, place));
    cell.append(button);
  });
}

document.querySelector("form.tools").addEventListener("change", () => {
  const rows = [...document.querySelectorAll("table.sortable tbody tr")];
  const shown = rows.filter(row => row.getClientRects().length).length;
  statusLine.textContent = `${shown} of ${rows.length} rows are shown.`;
});
