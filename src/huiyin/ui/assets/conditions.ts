// Fields that are asked for only when another one says so: `data-when='{"mode": ["visit"]}'`. Without
// this script all are shown, and the server leaves out what does not belong.
export function startConditions(root: ParentNode = document): void {
  const forms = [...root.querySelectorAll<HTMLFormElement>("form")];
  const around = root instanceof HTMLElement ? root.closest("form") : null;
  for (const form of around ? [around, ...forms] : forms) {
    if (form.querySelector("[data-when]")) follow(form);
  }
}

function follow(form: HTMLFormElement): void {
  if (form.dataset.follows === "yes") return settle(form);
  form.dataset.follows = "yes";
  form.addEventListener("change", () => settle(form));
  settle(form);
}

function settle(form: HTMLFormElement): void {
  for (const field of form.querySelectorAll<HTMLElement>("[data-when]")) {
    const when = JSON.parse(field.dataset.when ?? "{}") as Record<string, string[]>;
    field.hidden = !Object.entries(when).every(([name, wanted]) =>
      values(form, name).some((value) => wanted.includes(value)),
    );
  }
}

function values(form: HTMLFormElement, name: string): string[] {
  const controls = [...form.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)];
  const hidden = controls.some((each) => each.closest("[data-when]")?.matches("[hidden]"));
  if (hidden) return [];
  if (controls.some((each) => each.type === "checkbox" && controls.length === 1)) {
    return [String(controls[0]?.checked)];
  }
  return controls
    .filter((each) => !["radio", "checkbox"].includes(each.type) || each.checked)
    .map((each) => each.value);
}
