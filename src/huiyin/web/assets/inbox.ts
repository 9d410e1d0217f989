// Keys of the inbox: they only press what can be pressed anyway, and are dead while somebody writes.
// The list looks again by itself: what is ticked, where one is and what is being written stay.
const BESIDE = "(min-width: 1101px)";

export function startInbox(): void {
  const box = document.querySelector<HTMLElement>("[data-inbox]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (press(event)) return;
    if (box) walk(box, event);
  });
  if (!box) return;
  const list = document.getElementById("inbox-list");
  if (list) startList(list);
  // On a wide screen a row opens beside the list; on a narrow one it is a page.
  box.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLAnchorElement>("[data-row]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    if (!matchMedia(BESIDE).matches) return;
    event.preventDefault();
    show(box, row);
  });
  // Rows listen only once the page is ready. A confidential matter opens when somebody asks for it:
  // every look at it is written down.
  addEventListener("load", () => {
    const first = box.querySelector<HTMLAnchorElement>("[data-row]");
    if (first && !("confidential" in first.dataset) && matchMedia(BESIDE).matches) show(box, first);
  });
}

// Keys of every page with a matter on it.
function press(event: KeyboardEvent): boolean {
  let what: HTMLElement | null = null;
  if (/^[1-4]$/.test(event.key)) {
    what = document.querySelector<HTMLElement>(`.act-bar [data-key="${event.key}"]`);
  } else if (event.key === "p") {
    what = document.querySelector<HTMLElement>("[data-print]");
  } else if (event.key === "?") {
    event.preventDefault();
    (document.getElementById("keys") as HTMLDialogElement | null)?.showModal();
    return true;
  }
  if (!what) return false;
  event.preventDefault();
  what.click();
  return true;
}

function walk(box: HTMLElement, event: KeyboardEvent): void {
  const rows = [...box.querySelectorAll<HTMLAnchorElement>("[data-row]")];
  const focused = document.activeElement?.closest("li")?.querySelector<HTMLAnchorElement>("[data-row]");
  const at = focused ? rows.indexOf(focused) : -1;
  const open = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const here = at >= 0 ? at : open;
  const row = rows[here];
  switch (event.key) {
    case "j":
    case "ArrowDown":
      event.preventDefault();
      rows[Math.min(here + 1, rows.length - 1)]?.focus();
      break;
    case "k":
    case "ArrowUp":
      event.preventDefault();
      rows[Math.max(here - 1, 0)]?.focus();
      break;
    case "o":
      if (row) location.href = row.href;
      break;
    case "x":
      tickOf(row)?.click();
      break;
    case "f": {
      const filter = box.querySelector<HTMLDetailsElement>("[data-filter]");
      if (!filter) break;
      event.preventDefault();
      filter.open = true;
      filter.querySelector<HTMLElement>("input:not([type=hidden]), select")?.focus();
      break;
    }
  }
}

function tickOf(row: HTMLElement | undefined): HTMLInputElement | null | undefined {
  return row?.closest("li")?.querySelector<HTMLInputElement>("input[name=runs]");
}

function show(box: HTMLElement, row: HTMLAnchorElement): void {
  box.querySelectorAll("[data-row][aria-current]").forEach((each) => each.removeAttribute("aria-current"));
  row.setAttribute("aria-current", "true");
  row.dispatchEvent(new Event("open"));
}

// --- a list that looks again by itself ---------------------------------------------------------------

function startList(list: HTMLElement): void {
  let seen = eventsOf(list);
  let before: { ticked: string[]; current?: string; focused?: string; top: number } | undefined;

  list.addEventListener("change", () => countTicks(list));
  list.addEventListener("click", (event) => {
    if (!(event.target as Element).closest("[data-tick-all]")) return;
    const ticks = [...list.querySelectorAll<HTMLInputElement>("input[name=runs]")];
    const all = ticks.every((tick) => tick.checked);
    for (const tick of ticks) tick.checked = !all;
    countTicks(list);
  });
  countTicks(list);

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (!(event.target as Element).matches("[data-poll]")) return;
    // Somebody is filling in a filter, or reads what came of something: not now.
    const busy = list.querySelector("[data-filter][open], .narrow-panel:focus-within");
    if (busy || document.hidden) event.preventDefault();
  });
  list.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target !== list) return;
    const rows = [...list.querySelectorAll<HTMLElement>("[data-row]")];
    before = {
      ticked: [...list.querySelectorAll<HTMLInputElement>("input[name=runs]:checked")].map((tick) => tick.value),
      current: rows.find((row) => row.getAttribute("aria-current") === "true")?.dataset.run,
      focused: rows.find((row) => row === document.activeElement)?.dataset.run,
      top: list.scrollTop,
    };
  });
  list.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== list || !before) return;
    let fresh = 0;
    for (const row of list.querySelectorAll<HTMLAnchorElement>("[data-row]")) {
      const run = row.dataset.run ?? "";
      const tick = tickOf(row);
      if (tick) tick.checked = before.ticked.includes(run);
      if (run === before.current) row.setAttribute("aria-current", "true");
      if (run === before.focused) row.focus({ preventScroll: true });
      if (seen.get(run) !== row.dataset.events && run !== before.current) {
        row.classList.add("fresh");
        fresh += 1;
      }
    }
    list.scrollTop = before.top;
    // What was marked stays marked until it is looked at.
    for (const [run, events] of eventsOf(list)) if (!list.querySelector(`.fresh[data-run="${run}"]`)) seen.set(run, events);
    const note = list.querySelector<HTMLElement>("[data-fresh-note]");
    if (note && fresh) {
      note.textContent = fresh === 1 ? (note.dataset.one ?? "") : (note.dataset.many ?? "").replace("{n}", String(fresh));
      note.hidden = false;
    }
    countTicks(list);
  });
  list.addEventListener("open", (event) => {
    const row = event.target as HTMLElement;
    row.classList.remove("fresh");
    seen.set(row.dataset.run ?? "", row.dataset.events ?? "");
  }, true);
}

function eventsOf(list: HTMLElement): Map<string, string> {
  const rows = [...list.querySelectorAll<HTMLElement>("[data-row]")];
  return new Map(rows.map((row) => [row.dataset.run ?? "", row.dataset.events ?? ""]));
}

// With a script the acts for many show when something is ticked, and say how many.
function countTicks(list: HTMLElement): void {
  const bar = list.querySelector<HTMLElement>("[data-bulk]");
  if (!bar) return;
  const ticks = [...list.querySelectorAll<HTMLInputElement>("input[name=runs]")];
  const ticked = ticks.filter((tick) => tick.checked).length;
  const said = bar.querySelector<HTMLElement>("[data-ticked]");
  const all = bar.querySelector<HTMLElement>("[data-tick-all]");
  if (all) all.hidden = false;
  bar.classList.toggle("idle", ticked === 0);
  if (said) said.textContent = (said.dataset.words ?? "").replace("{n}", String(ticked));
  for (const act of bar.querySelectorAll<HTMLButtonElement>("button[name=action]")) act.disabled = ticked === 0;
}

function isWriting(at: EventTarget | null): boolean {
  return at instanceof HTMLElement && (at.isContentEditable || at.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog[open]") !== null);
}
