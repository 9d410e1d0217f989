// Intake by keyboard alone: Ctrl+Enter sends, Alt+R settles it with the answer told, Alt+1 to 3 take a
// likely kind, Alt+A the first answer, Alt+H the other matters, Alt+T, W and L go to phone, words, place.
const FIELDS: Record<string, string> = {
  KeyT: "[name=phone]",
  KeyW: "[name=words]",
  KeyL: "[name=place__typed]",
};

export function startIntake(): void {
  const form = document.querySelector<HTMLFormElement>("[data-intake]");
  if (!form) return;
  form.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-take]");
    if (button) take(form, button);
    const tells = (event.target as Element).closest<HTMLElement>("[data-tell]");
    if (tells) tell(form, tells);
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
    } else if (event.code === "KeyA") {
      const first = form.querySelector<HTMLElement>("[data-tell]");
      if (!first) return;
      event.preventDefault();
      tell(form, first);
    } else if (event.code === "KeyR") {
      const settle = form.querySelector<HTMLButtonElement>("[data-settle]");
      if (!settle) return;
      event.preventDefault();
      form.requestSubmit(settle);
    } else if (event.code in FIELDS) {
      event.preventDefault();
      form.querySelector<HTMLElement>(FIELDS[event.code] ?? "")?.focus();
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

// Puts an answer of the knowledge base, with what it rests on, into the form that settles.
function tell(form: HTMLFormElement, button: HTMLElement): void {
  const card = button.closest(".known-answer");
  const settle = form.querySelector<HTMLDetailsElement>("#settle");
  const answer = form.querySelector<HTMLTextAreaElement>("[name=settle_answer]");
  const source = form.querySelector<HTMLInputElement>("[name=settle_source]");
  if (!card || !settle || !answer) return;
  settle.open = true;
  answer.value = card.querySelector("[data-answer]")?.textContent?.trim() ?? "";
  if (source) source.value = card.querySelector("[data-source]")?.textContent?.trim() ?? "";
  answer.focus();
  settle.scrollIntoView({ block: "nearest" });
}
