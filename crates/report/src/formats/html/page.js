// What a report does beyond being read: explanations beside figures, tables that sort, a list of traces that filters.
// Everything is there without this script too. Text is only ever read and set as text.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (name, properties = {}) => Object.assign(document.createElement(name), properties);

  // ---- Explanations: a figure's name links to the glossary; on hover and focus its entry stands beside it.
  const tip = make("p", { id: "tip", hidden: true });
  tip.setAttribute("role", "tooltip");
  document.body.append(tip);

  function explain(link) {
    const entry = document.getElementById(link.hash.slice(1));
    const words = entry && entry.querySelector("dd");
    if (!words) return;
    link.removeAttribute("title");
    tip.textContent = words.textContent;
    tip.hidden = false;
    link.setAttribute("aria-describedby", "tip");
    const at = link.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - tip.offsetWidth - 8));
    const below = at.bottom + 6;
    const above = at.top - tip.offsetHeight - 6;
    tip.style.left = left + "px";
    tip.style.top = (below + tip.offsetHeight > window.innerHeight && above > 0 ? above : below) + "px";
  }

  function hush() {
    tip.hidden = true;
    all("[aria-describedby=tip]").forEach((link) => link.removeAttribute("aria-describedby"));
  }

  const term = (event) => (event.target.closest ? event.target.closest("a.term") : null);
  for (const [on, off] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    document.addEventListener(on, (event) => term(event) && explain(term(event)));
    document.addEventListener(off, (event) => term(event) && hush());
  }
  document.addEventListener("scroll", hush, { capture: true, passive: true });

  // ---- Tables that sort by a column: first falling, then rising, then as they were.
  const number = (text) => {
    const plain = text.replace(/[,≈%\s]/g, "").replace("−", "-");
    return plain !== "" && !Number.isNaN(Number(plain)) ? Number(plain) : null;
  };

  function key(row, column) {
    const cell = row.cells[column];
    const exact = cell.querySelector("data");
    const text = (cell.firstChild ? cell.firstChild.textContent : "").trim();
    return exact ? number(exact.value) : number(text) ?? (text === "–" ? null : text.toLowerCase());
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1;
  }

  function sort(table, header, column) {
    const next = { none: "descending", descending: "ascending", ascending: "none" };
    const order = next[header.getAttribute("aria-sort")];
    all("th[aria-sort]", table).forEach((other) => other.setAttribute("aria-sort", "none"));
    header.setAttribute("aria-sort", order);
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, key: order === "none" ? 0 : key(row, column) }));
    const sign = order === "descending" ? -1 : 1;
    rows.sort((a, b) => {
      if (order === "none") return a.row.dataset.place - b.row.dataset.place;
      // What has no figure stands last either way.
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      return sign * compare(a.key, b.key) || a.row.dataset.place - b.row.dataset.place;
    });
    body.append(...rows.map((entry) => entry.row));
  }

  for (const table of all("table.sortable")) {
    [...table.tBodies[0].rows].forEach((row, place) => (row.dataset.place = place));
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      header.setAttribute("aria-sort", "none");
      const button = make("button", { type: "button", className: "sort" });
      const label = make("span", { className: "unseen", textContent: "Sort by " + header.textContent.trim() });
      button.append(label);
      button.addEventListener("click", () => sort(table, header, column));
      header.append(" ", button);
    });
  }

  // ---- The list of traces.
  const form = document.getElementById("filters");
  if (!form) return;
  const list = document.getElementById("trace-list").tBodies[0];
  const count = document.getElementById("trace-count");
  const article = (row) => document.getElementById(row.cells[0].querySelector("a").hash.slice(1));
  const words = new Map();

  // What a trace says, read once it is searched for.
  function holds(row, text) {
    if (!text) return true;
    if (!words.has(row)) {
      words.set(row, (row.textContent + " " + article(row).textContent).toLowerCase());
    }
    return words.get(row).includes(text);
  }

  function takes(row, asked, text) {
    const { model, subset, outcome, waste } = row.dataset;
    return (
      (!asked.get("model") || asked.get("model") === model) &&
      (!asked.get("subset") || asked.get("subset") === subset) &&
      (!asked.get("outcome") || asked.get("outcome") === outcome) &&
      (!asked.get("cut") || "cut" in row.dataset) &&
      (!asked.get("lost") || "lost" in row.dataset) &&
      (!asked.get("waste") || (waste !== undefined && Number(waste) >= Number(asked.get("waste")))) &&
      holds(row, text)
    );
  }

  function filter() {
    const asked = new FormData(form);
    const text = (asked.get("text") || "").trim().toLowerCase();
    let shown = 0;
    for (const row of list.rows) {
      row.hidden = !takes(row, asked, text);
      shown += row.hidden ? 0 : 1;
    }
    const of = list.rows.length;
    count.textContent = shown === of ? of + " traces" : shown ? shown + " of " + of + " traces" : "No trace is like that";
  }

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();

  // ---- Reading: the trace that the address names, and the way to the next one in the list.
  function current() {
    const target = location.hash.startsWith("#t-") ? document.getElementById(location.hash.slice(1)) : null;
    return target && target.closest("article.trace");
  }

  function arrive() {
    const open = current();
    walk.hidden = !open;
    for (const row of list.rows) {
      const link = row.cells[0].querySelector("a");
      if (open && link.hash === "#" + open.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  function step(by) {
    const rows = [...list.rows].filter((row) => !row.hidden);
    const at = rows.findIndex((row) => article(row) === current());
    const next = at < 0 ? rows[0] : rows[at + by];
    if (!next) return;
    location.hash = next.cells[0].querySelector("a").hash;
    article(next).focus({ preventScroll: true });
  }

  const walk = document.getElementById("walk");
  for (const [label, by] of [["Previous (k)", -1], ["Next (j)", 1]]) {
    const button = make("button", { type: "button", textContent: label });
    button.addEventListener("click", () => step(by));
    walk.append(button);
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !current()) return;
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
  });
  window.addEventListener("hashchange", arrive);
  arrive();
})();
