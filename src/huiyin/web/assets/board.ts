// The dispatch board. What one key sends is held back for thirty seconds, in this page alone: until
// then nothing has happened, so taking it back leaves no trace. Leaving the page sends what is held.
import { isWriting, startList } from "./keys";

const HELD_MS = 30_000;

interface Held {
  run: string;
  says: string;
  address: string;
  body: FormData;
  until: number;
}

const board = document.querySelector<HTMLElement>("[data-board]");
if (board) start(board);
const calls = document.querySelector<HTMLElement>("[data-calls]");
if (calls) startCalls(calls);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const main = document.querySelector<HTMLElement>("[data-main]");
  if (main && !main.hidden) {
    event.preventDefault();
    main.click();
  }
});

function start(box: HTMLElement): void {
  const held = new Map<string, Held>();
  const said = box.querySelector<HTMLElement>("[data-board-said]");
  const list = startList(box, "board-pane");

  box.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.matches("[data-accept]")) {
      event.preventDefault();
      hold(form);
    } else if (form.matches("[data-many]")) {
      event.preventDefault();
      const ticked = [...box.querySelectorAll<HTMLInputElement>("[data-board-row] .pick input:checked")];
      for (const tick of ticked) {
        const row = tick.closest("[data-board-row]")?.querySelector<HTMLFormElement>("form[data-accept]");
        tick.checked = false;
        if (row) hold(row);
      }
    }
  });

  box.addEventListener("click", (event) => {
    const at = event.target as Element;
    const undo = at.closest("[data-undo]");
    if (undo) takeBack(runOf(undo));
    if (at.closest("[data-tick-sure]")) {
      box.querySelectorAll("form[data-sure]").forEach((form) => {
        const tick = form.closest("[data-board-row]")?.querySelector<HTMLInputElement>(".pick input");
        if (tick && !held.has(runOf(form))) tick.checked = true;
      });
    }
  });

  // A unit that is pressed goes into the form as it stands, so that nothing written is lost; where
  // nothing was written yet the form comes anew with the basis that belongs to the unit.
  box.addEventListener(
    "click",
    (event) => {
      const offer = (event.target as Element).closest<HTMLElement>("[data-offer]");
      const form = box.querySelector<HTMLFormElement>("#board-act form[data-lead]");
      if (!offer || !form || (form.matches("[data-accept]") && !form.dataset.changed)) return;
      const lookup = form.querySelector(`[data-name="${CSS.escape(form.dataset.lead ?? "")}"]`);
      const hidden = lookup?.querySelector<HTMLInputElement>("input[type=hidden]");
      const typed = lookup?.querySelector<HTMLInputElement>("input[type=text]");
      if (!hidden || !typed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      hidden.value = offer.dataset.offer ?? "";
      typed.value = offer.querySelector("b")?.textContent ?? "";
      const list = offer.closest("ul");
      list?.querySelectorAll("li").forEach((each) => each.classList.toggle("on", each.contains(offer)));
      list?.querySelectorAll("[aria-current]").forEach((each) => each.removeAttribute("aria-current"));
      offer.setAttribute("aria-current", "true");
      plain(form);
    },
    true,
  );

  // What was changed is not what was suggested: the button says the act alone then.
  box.addEventListener("input", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("#board-act form[data-lead]");
    if (!form) return;
    form.dataset.changed = "yes";
    plain(form);
  });

  box.addEventListener("change", (event) => {
    const narrow = (event.target as Element).closest<HTMLFormElement>("form[data-narrow]");
    narrow?.requestSubmit();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isWriting(event.target)) return;
    const key = event.key.toLowerCase();
    if (/^[1-9]$/.test(key)) accept(box.querySelectorAll("[data-board-row]")[Number(key) - 1]);
    else if (key === "a") accept(list.here()?.closest("[data-board-row]") ?? box.querySelector("[data-board-pane]"));
    else if (key === "z") takeBack([...held.keys()].pop() ?? "");
    else if (key === "u") {
      event.preventDefault();
      box.querySelectorAll<HTMLDetailsElement>("#board-act details.change").forEach((each) => (each.open = true));
      const unit = box.querySelector<HTMLInputElement>("#board-act .lookup input:not([type=hidden])");
      unit?.focus();
      unit?.select();
    } else if (key === "s") {
      event.preventDefault();
      splitUp();
    }
  });

  // Nobody's choice is closed under their hand.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const isRefresh = (event.target as Element).matches("[data-refresh]");
    if (isRefresh && document.activeElement?.closest("form[data-narrow]")) event.preventDefault();
  });

  // The list comes anew by itself: what is held and what is ticked stays so.
  let ticked: string[] = [];
  let focused = "";
  document.body.addEventListener("htmx:beforeSwap", () => {
    ticked = [...box.querySelectorAll<HTMLInputElement>(".pick input:checked")].map((tick) => tick.value);
    focused = document.activeElement?.closest<HTMLElement>("[data-board-row]")?.dataset.boardRow ?? "";
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if ((event.target as Element).id === "board-list") {
      box.querySelectorAll<HTMLInputElement>(".pick input").forEach((tick) => {
        tick.checked = ticked.includes(tick.value);
      });
      const open = box.querySelector<HTMLElement>("[data-board-pane]")?.dataset.run;
      rowOf(open ?? "")?.querySelector("[data-row]")?.setAttribute("aria-current", "true");
      rowOf(focused)?.querySelector<HTMLElement>("[data-row]")?.focus({ preventScroll: true });
    }
    draw();
  });

  setInterval(tick, 500);
  addEventListener("pagehide", () => held.forEach((each) => void send(each, true)));
  draw();

  function plain(form: HTMLFormElement): void {
    const main = form.querySelector<HTMLElement>("[data-main]");
    const label = main?.querySelector("[data-label]");
    if (main && label) label.textContent = main.dataset.plain ?? "";
  }

  // Units that help: a field of the form that is open, an act of its own, or only on the whole page.
  function splitUp(): void {
    const act = box.querySelector<HTMLElement>("#board-act");
    const name = act?.dataset.split ?? "";
    const field = name ? act?.querySelector<HTMLInputElement>(`.lookup[data-name="${CSS.escape(name)}"] input[type=text]`) : null;
    if (field) {
      act?.querySelectorAll<HTMLDetailsElement>("details.change").forEach((each) => (each.open = true));
      field.focus();
      return;
    }
    const other = act?.querySelector<HTMLAnchorElement>("[data-split-act]");
    if (other) other.click();
    else if (act) tell(box.dataset.textWhole ?? "");
  }

  function accept(at: Element | null | undefined): void {
    const form = at?.querySelector<HTMLFormElement>("form[data-accept]");
    if (form && !held.has(runOf(form))) hold(form);
  }

  function hold(form: HTMLFormElement): void {
    const run = runOf(form);
    if (!run || held.has(run)) return;
    const says = form.dataset.says ?? "";
    held.set(run, { run, says, address: form.action, body: new FormData(form), until: Date.now() + HELD_MS });
    say((box.dataset.textHeld ?? "").replace("{n}", String(HELD_MS / 1000)).replace("{act}", says));
    draw();
    const open = box.querySelector<HTMLElement>("[data-board-pane]")?.dataset.run;
    if (open === run || list.here()?.closest<HTMLElement>("[data-board-row]")?.dataset.boardRow === run) {
      list.openNext((row) => !held.has(row.closest<HTMLElement>("[data-board-row]")?.dataset.boardRow ?? ""));
    }
  }

  function takeBack(run: string): void {
    if (!held.delete(run)) return;
    say(box.dataset.textUndone ?? "");
    draw();
  }

  function tick(): void {
    for (const each of [...held.values()]) {
      if (each.until <= Date.now()) {
        held.delete(each.run);
        void send(each, false);
      }
    }
    if (held.size > 0) draw();
  }

  async function send(each: Held, leaving: boolean): Promise<void> {
    const token = String(each.body.get("csrfmiddlewaretoken") ?? "");
    const headers = { "HX-Request": "true", "X-CSRFToken": token };
    try {
      const options: RequestInit = { method: "POST", body: each.body, headers, keepalive: leaving, redirect: "error" };
      const answer = await fetch(each.address, options);
      const words = (await answer.text()).trim();
      tell(answer.headers.get("X-Said") ? words : (box.dataset.textLost ?? ""));
    } catch {
      tell(box.dataset.textLost ?? "");
    }
    draw();
    box.querySelector("[data-refresh]")?.dispatchEvent(new Event("refresh"));
  }

  function draw(): void {
    box.querySelectorAll<HTMLElement>("[data-tick-sure], [data-held-hint]").forEach((each) => (each.hidden = false));
    box.querySelectorAll<HTMLElement>("[data-narrow-go]").forEach((each) => (each.hidden = true));
    box.querySelectorAll<HTMLElement>("[data-undo]").forEach((undo) => {
      const each = held.get(runOf(undo));
      const press = undo.parentElement?.querySelector<HTMLElement>("form[data-accept] button, [data-main]");
      undo.hidden = !each;
      if (press) press.hidden = Boolean(each);
      const left = undo.querySelector("[data-left]");
      if (each && left) left.textContent = String(Math.max(0, Math.ceil((each.until - Date.now()) / 1000)));
      undo.closest("[data-board-row]")?.classList.toggle("held", Boolean(each));
    });
  }

  function rowOf(run: string): HTMLElement | null {
    return run ? box.querySelector<HTMLElement>(`[data-board-row="${CSS.escape(run)}"]`) : null;
  }

  /** Say what the row shows anyway, to those who do not see it. */
  function say(words: string): void {
    if (said) said.textContent = words;
  }

  /** Tell everybody what came of it. */
  function tell(words: string): void {
    document.dispatchEvent(new CustomEvent("huiyin:say", { detail: words }));
  }
}

function runOf(at: Element): string {
  const row = at.closest<HTMLElement>("[data-board-row]");
  return row?.dataset.boardRow ?? at.closest<HTMLElement>("[data-board-pane]")?.dataset.run ?? "";
}

/** Keys of the call-back list: whom to call, nobody answered, to the first question. */
function startCalls(box: HTMLElement): void {
  startList(box, "call-pane");
  let focused = "";
  document.body.addEventListener("htmx:beforeSwap", () => {
    focused = document.activeElement?.closest<HTMLAnchorElement>("[data-row]")?.href ?? "";
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if ((event.target as Element).id !== "call-list") return;
    const open = box.querySelector<HTMLElement>("[data-call-pane]")?.dataset.run ?? "";
    box.querySelectorAll<HTMLAnchorElement>("[data-row]").forEach((row) => {
      if (open && row.href.includes(open)) row.setAttribute("aria-current", "true");
      if (focused && row.href === focused) row.focus({ preventScroll: true });
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isWriting(event.target)) return;
    const wanted = { r: "[data-show]", n: "[data-nobody]", f: "" }[event.key.toLowerCase()];
    if (wanted === undefined) return;
    event.preventDefault();
    if (wanted) box.querySelector<HTMLElement>(wanted)?.click();
    else box.querySelector<HTMLElement>("#call-act .form input, #call-act .form textarea, #call-act .form select")?.focus();
  });
}
