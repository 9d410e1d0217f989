// Forms of the grid worker: kept in the phone while they are filled in, and put into the queue when
// they are sent, network or not.
import { startShots } from "./field_shots";
import { newId, type Item, type Store } from "./field_store";
import { addPosition } from "./field_position";

const NOT_KEPT = ["csrfmiddlewaretoken", "key"];

export async function startFieldForm(form: HTMLFormElement, store: Store, page: HTMLElement): Promise<void> {
  const id = `draft ${new URL(form.action).pathname} ${value(form, "after")}`;
  const now = await store.item(id);
  const draft: Item = now ?? {
    id, kind: form.dataset.queue ?? "", url: new URL(form.action).pathname, title: "", fields: [],
    shots: [], urgent: false, at: Date.now(), state: "draft",
  };
  if (now) fill(form, now.fields);
  const said = document.querySelector<HTMLElement>("[data-draft-kept]");
  const keep = async (): Promise<void> => {
    draft.fields = read(form);
    await store.put(draft);
    if (said) said.textContent = page.dataset.textKept ?? "";
  };
  startShots(form, store, draft, keep);
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void keep(), 400);
  });
  form.addEventListener("lookup:chosen", () => void keep());
  form.addEventListener("change", () => settle(form));
  addEventListener("online", () => settle(form));
  addEventListener("offline", () => settle(form));
  settle(form);
  for (const button of form.querySelectorAll<HTMLButtonElement>("[data-position]")) addPosition(form, button, page);

  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      event.stopImmediatePropagation(); // "sent once" is the queue's
      clearTimeout(timer);
      const missing = missingIn(form, draft, page);
      if (missing) return missing.focus();
      void queue(form, store, draft, page);
    },
    true,
  );
}

async function queue(form: HTMLFormElement, store: Store, draft: Item, page: HTMLElement): Promise<void> {
  const button = document.querySelector<HTMLElement>(`button[form="${form.id}"]`) ?? form.querySelector<HTMLElement>("button:not([type=button])");
  if (button?.getAttribute("aria-busy") === "true") return;
  button?.setAttribute("aria-busy", "true");
  const parts = shotsAfter(form, draft);
  const item: Item = {
    ...draft,
    id: newId(),
    fields: read(form),
    shots: parts,
    title: titleOf(form),
    urgent: value(form, "urgency") === "urgent",
    at: Date.now(),
    state: "waiting",
  };
  try {
    await store.put(item);
  } catch {
    button?.removeAttribute("aria-busy");
    alert(page.dataset.textNotKept ?? "");
    return;
  }
  await store.forget(draft.id); // its photos belong to the item now
  location.assign(page.dataset.waiting ?? "/field/waiting");
}

/** The photos under the fields of the form that take them: of a report, by how urgent it is. */
function shotsAfter(form: HTMLFormElement, draft: Item): Item["shots"] {
  const isSettled = form.querySelector<HTMLInputElement>("[data-settled]")?.checked ?? false;
  const names: Record<string, string> = {
    camera: value(form, "urgency") === "urgent" ? (form.dataset.photosUrgent ?? "") : (form.dataset.photosNormal ?? ""),
    camera_after: isSettled ? (form.dataset.photosAfter ?? "") : "",
  };
  return draft.shots
    .map((shot) => ({ ...shot, field: shot.field in names ? (names[shot.field] ?? "") : shot.field.replace(/__new$/, "") }))
    .filter((shot) => shot.field);
}

function titleOf(form: HTMLFormElement): string {
  if (form.dataset.title) return form.dataset.title;
  const words = (value(form, "text") || value(form, "words")).split(/[。！？\n；;]/)[0] ?? "";
  return words.slice(0, 40);
}

function read(form: HTMLFormElement): [string, string][] {
  const found: [string, string][] = [];
  for (const [name, each] of new FormData(form)) {
    if (typeof each === "string" && !NOT_KEPT.includes(name)) found.push([name, each]);
  }
  return found;
}

function fill(form: HTMLFormElement, fields: [string, string][]): void {
  const kept = new Map<string, string[]>();
  for (const [name, each] of fields) kept.set(name, [...(kept.get(name) ?? []), each]);
  for (const control of form.querySelectorAll<HTMLInputElement>("input[name], textarea[name], select[name]")) {
    const { name, type } = control;
    if (NOT_KEPT.includes(name) || type === "file" || ["expected", "lon", "lat", "after"].includes(name)) continue;
    const values = kept.get(name);
    if (type === "radio" || type === "checkbox") control.checked = values?.includes(control.value) ?? false;
    else if (values) control.value = values[0] ?? "";
  }
}

/** Show what belongs to how the form is filled in: how it was settled, whom to call when urgent. */
function settle(form: HTMLFormElement): void {
  const settled = form.querySelector<HTMLInputElement>("[data-settled]");
  const part = form.querySelector<HTMLElement>("[data-settled-part]");
  if (settled && part) part.hidden = !settled.checked;
  const urgent = form.querySelector<HTMLElement>("[data-urgent]");
  if (urgent) urgent.hidden = navigator.onLine || value(form, "urgency") !== "urgent";
}

/** Mark what is missing and give the first of it; the server looks at everything again. */
function missingIn(form: HTMLFormElement, draft: Item, page: HTMLElement): HTMLElement | null {
  form.querySelectorAll(".missing").forEach((each) => each.remove());
  let first: HTMLElement | null = null;
  for (const field of form.querySelectorAll<HTMLElement>(".field")) {
    if (field.closest("[hidden]") || field.querySelector(".optional") || field.querySelector(".field")) continue;
    const control = emptyIn(field, form, draft);
    if (!control) continue;
    const words = document.createElement("p");
    words.className = "missing";
    words.textContent = page.dataset.textMissing ?? "";
    field.append(words);
    field.addEventListener("input", () => words.remove(), { once: true });
    const folded = field.closest("details");
    if (folded) folded.open = true;
    first ??= control;
  }
  return first;
}

function emptyIn(field: HTMLElement, form: HTMLFormElement, draft: Item): HTMLElement | null {
  const shots = field.dataset.shots;
  if (shots !== undefined) {
    const isNeeded = field.dataset.need === "photo" && !(shots === "camera" && value(form, "urgency") === "urgent");
    return isNeeded && !draft.shots.some((each) => each.field === shots) ? field.querySelector("input") : null;
  }
  const controls = [...field.querySelectorAll<HTMLInputElement>("input, textarea, select")];
  if (controls.some(({ type }) => type === "checkbox")) return null;
  const isFilled = controls.some((each) => (each.type === "radio" ? each.checked : each.value.trim() !== ""));
  return isFilled ? null : (controls.find(({ type }) => type !== "hidden") ?? null);
}

function value(form: HTMLFormElement, name: string): string {
  const found = new FormData(form).get(name);
  return typeof found === "string" ? found : "";
}
