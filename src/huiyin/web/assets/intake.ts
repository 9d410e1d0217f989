// Intake by keyboard alone: Ctrl+Enter sends, Alt+1 to 3 take a likely kind, Alt+H the other matters.
export function startIntake(): void {
  const form = document.querySelector<HTMLFormElement>("[data-intake]");
  if (!form) return;
  form.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-take]");
    if (button) take(form, button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector<HTMLButtonElement>("[data-send]"));
      return;
    }
    if (!event.altKey || event.ctrlKey) return;
    const number = /^Digit([1-3])$/.exec(event.code)?.[1];
    if (number) {
      const button = form.querySelectorAll<HTMLElement>("[data-take]")[Number(number) - 1];
      if (button) {
        event.preventDefault();
        take(form, button);
      }
    } else if (event.code === "KeyH") {
      event.preventDefault();
      form.querySelector<HTMLButtonElement>(".who button[data-hx-post]")?.click();
    }
  });
}

function take(form: HTMLFormElement, button: HTMLElement): void {
  const name = button.dataset.take ?? "";
  const hidden = form.querySelector<HTMLInputElement>(`input[type=hidden][name="${name}"]`);
  const typed = form.querySelector<HTMLInputElement>(`[name="${name}__typed"]`);
  if (!hidden || !typed) return;
  hidden.value = button.dataset.id ?? "";
  typed.value = button.dataset.label ?? "";
  typed.dispatchEvent(new CustomEvent("lookup:chosen", { bubbles: true }));
}
