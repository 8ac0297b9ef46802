// Improves pages that work without it: times, theme-free helpers, keyboard, copy, quiet refresh.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = () => /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName || "") && document.activeElement.type !== "checkbox";

  // Relative times go on ticking in the reader's language.
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short", numeric: "auto" });
  function tick() {
    for (const el of all("time[data-relative]")) {
      const s = (Date.parse(el.dateTime) - Date.now()) / 1000, d = Math.abs(s);
      const [unit, size] = d < 3600 ? ["minute", 60] : d < 172800 ? ["hour", 3600] : ["day", 86400];
      el.textContent = d < 60 ? words.format(0, "second") : words.format(Math.trunc(s / size), unit);
    }
  }

  // Bulk bar: shown with at least one box ticked.
  function count() {
    const bar = $("#bulk");
    if (!bar) return;
    const n = all("input[name=issue]:checked").length;
    bar.hidden = n === 0;
    $("[data-count]", bar).textContent = n;
  }

  // The list refreshes while it is looked at and nothing is being chosen in it.
  function refresh() {
    const live = $("[data-live]");
    if (!live || document.hidden || typing() || $("input[name=issue]:checked") || $("details.menu[open]")) return;
    live.dispatchEvent(new Event("refresh"));
  }

  let at = null; // id of the row under the cursor
  const rows = () => all("[data-row]");
  function mark() {
    for (const row of rows()) row.classList.toggle("at", row.dataset.row === at);
  }
  function move(step) {
    const list = rows();
    if (!list.length) return;
    const index = list.findIndex((row) => row.dataset.row === at);
    const next = list[Math.max(0, Math.min(list.length - 1, index + step))] || list[0];
    at = next.dataset.row;
    mark();
    next.scrollIntoView({ block: "nearest" });
    $("a.name", next)?.focus({ preventScroll: true });
  }

  function toast(text) {
    $(".toast")?.remove();
    const el = Object.assign(document.createElement("div"), { className: "toast", textContent: text });
    el.setAttribute("role", "status");
    document.body.append(el);
    setTimeout(() => el.remove(), 2500);
  }

  function follow(name) {
    const el = $(`[data-key="${name}"]`);
    if (el) { el.tagName === "SUMMARY" ? ((el.parentElement.open = true), el.focus()) : el.click(); }
    return Boolean(el);
  }
  const simple = {
    j: () => move(1), k: () => move(-1),
    x: () => { const box = $(".at input[name=issue]"); if (box) box.click(); },
    o: () => { const link = $(".at a.name"); if (link) link.click(); },
    "/": () => { const box = $("#query"); if (box) { box.focus(); box.select(); } else return follow("inbox"); },
    "?": () => $("#keys")?.showModal(),
    n: () => follow("next"), p: () => follow("prev"), a: () => follow("assign"), m: () => follow("mine"),
    c: () => { const box = $("#comment"); if (box) box.focus(); }, r: () => follow("review"), u: () => follow("inbox"),
  };

  let lead = 0; // when g was pressed
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing()) return document.activeElement.blur();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) return event.target.form.requestSubmit();
    if (event.ctrlKey || event.metaKey || event.altKey || typing() || $("dialog[open]")) return;
    if (event.key === "g") { lead = Date.now(); return; }
    if (Date.now() - lead < 1200) { lead = 0; if (follow(`g${event.key}`)) event.preventDefault(); return; }
    const act = simple[event.key];
    if (act && act() !== false) event.preventDefault();
  });

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const from = copy.dataset.copy.startsWith("#") ? $(copy.dataset.copy).textContent : copy.dataset.copy;
      try { await navigator.clipboard.writeText(from); toast(copy.dataset.done); }
      catch { const range = document.createRange(); const el = $(copy.dataset.copy); if (el) { range.selectNodeContents(el); getSelection().removeAllRanges(); getSelection().addRange(range); } }
      return;
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target.closest("[data-open]")) $(event.target.closest("[data-open]").dataset.open)?.showModal();
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "every") for (const box of all("input[name=issue]")) box.checked = event.target.checked;
    if (event.target.matches("[data-auto]")) event.target.form.requestSubmit();
    count();
  });

  // A failed request must not pass in silence.
  document.addEventListener("htmx:sendError", () => toast(document.body.dataset.offline));
  document.addEventListener("htmx:responseError", (event) => toast(`${document.body.dataset.failed} (${event.detail.xhr.status})`));
  document.addEventListener("htmx:afterSettle", () => { tick(); mark(); count(); });

  const zone = $("input[name=browser_timezone]");
  if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  tick(); count();
  setInterval(tick, 30000);
  setInterval(refresh, 15000);
})();
