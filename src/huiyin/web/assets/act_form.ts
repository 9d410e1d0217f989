// The form of an act, wherever it opens: under the hand that asked for it, and sent by Ctrl Enter.
const OPEN = ".act-area > .act-form[data-hx-post]";
const FIELD = "input:not([type=hidden], [type=file]), textarea, select";

export function startActForms(): void {
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const form = (event.target as Element).querySelector<HTMLElement>(`:scope${OPEN}`);
    // What is wrong in it comes first: the list of that takes the focus itself.
    if (!form || form.querySelector("[data-form-errors]")) return;
    const field = form.querySelector<HTMLElement>(`.fields :is(${FIELD})`);
    (field ?? form.querySelector<HTMLElement>("[data-act-title]"))?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const at = event.target as Element;
    const open = [...document.querySelectorAll<HTMLFormElement>(OPEN)];
    const form = open.find((one) => one.contains(at)) ?? (open.length === 1 && !at.closest("form, dialog") ? open[0] : undefined);
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector<HTMLButtonElement>("button.primary"));
  });
}
