// A text field that finds things as they are typed: the combobox pattern of WAI-ARIA. What is chosen
// goes into a hidden field beside it; without this script the form itself comes back with a list.
interface Found {
  id: string;
  label: string;
  hint?: string;
}

const WAIT_MS = 160;
let count = 0;

export function startLookups(root: ParentNode = document): void {
  root.querySelectorAll<HTMLElement>("[data-lookup]:not([data-ready])").forEach(start);
}

function start(box: HTMLElement): void {
  box.dataset.ready = "";
  const input = box.querySelector<HTMLInputElement>("input[type=text]");
  if (!input) return;
  const hidden = box.querySelector<HTMLInputElement>("input[type=hidden]");
  const chosen = box.querySelector<HTMLUListElement>(".chosen");
  const list = document.createElement("ul");
  list.className = "options";
  list.id = `lookup-${++count}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels?.[0]?.textContent?.trim() ?? "");
  list.hidden = true;
  box.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let at = -1;
  let found: Found[] = [];
  let timer = 0;
  let asked = 0;

  const close = (): void => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const point = (to: number): void => {
    at = to;
    [...list.children].forEach((each, number) => {
      each.setAttribute("aria-selected", String(number === at));
      if (number === at) {
        input.setAttribute("aria-activedescendant", each.id);
        each.scrollIntoView({ block: "nearest" });
      }
    });
  };

  const take = (one: Found): void => {
    if ("many" in box.dataset) {
      add(box, chosen, one);
      input.value = "";
    } else {
      if (hidden) hidden.value = one.id;
      input.value = one.label;
    }
    box.querySelector(".found")?.remove();
    close();
    input.dispatchEvent(new CustomEvent("lookup:chosen", { bubbles: true, detail: one }));
  };

  const show = (rows: Found[]): void => {
    found = rows;
    list.replaceChildren(
      ...rows.map((one, number) => {
        const row = document.createElement("li");
        row.id = `${list.id}-${number}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.lang = "zh-Hans";
        row.textContent = one.label;
        if (one.hint) {
          const hint = document.createElement("span");
          hint.className = "sub";
          hint.textContent = one.hint;
          row.append(hint);
        }
        row.addEventListener("pointerdown", (event) => {
          event.preventDefault(); // the cursor stays in the field
          take(one);
        });
        return row;
      }),
    );
    if (!rows.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = box.dataset.none ?? "";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      list.append(none);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (rows.length) point(0);
  };

  const ask = async (): Promise<void> => {
    const words = input.value.trim();
    const mine = ++asked;
    if (!words) return close();
    const url = new URL(box.dataset.lookup ?? "", location.href);
    url.searchParams.set("q", words);
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok || mine !== asked) return;
      const rows = ((await answer.json()) as { found: Found[] }).found;
      if (mine === asked && document.activeElement === input) show(rows);
    } catch {
      close(); // without a network the form itself looks it up when it is sent
    }
  };

  input.addEventListener("input", () => {
    if (hidden) hidden.value = "";
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), WAIT_MS);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) return void ask();
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (found.length) point((at + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      const one = found[at];
      if (!one) return;
      event.preventDefault();
      take(one);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
}

function add(box: HTMLElement, chosen: HTMLUListElement | null, one: Found): void {
  if (!chosen || chosen.querySelector(`input[value="${CSS.escape(one.id)}"]`)) return;
  const row = document.createElement("li");
  row.className = "tag indigo";
  const name = document.createElement("span");
  name.lang = "zh-Hans";
  name.textContent = one.label;
  const kept = document.createElement("input");
  kept.type = "hidden";
  kept.name = box.dataset.name ?? "";
  kept.value = one.id;
  const away = document.createElement("button");
  away.type = "button";
  away.className = "away";
  away.textContent = "×";
  away.setAttribute("aria-label", `${box.dataset.remove ?? ""} ${one.label}`);
  away.addEventListener("click", () => {
    row.remove();
    chosen.hidden = !chosen.children.length;
  });
  row.append(name, kept, away);
  chosen.append(row);
  chosen.hidden = false;
}
