// Forms send once, lead to the first error, and may send themselves when a choice is made.
export function startForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.matches("[data-hx-post], [data-hx-get], [data-hx-put], [data-hx-delete], dialog form[method=dialog]")) return;
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = (event as SubmitEvent).submitter;
    button?.setAttribute("aria-busy", "true");
    // A form that opens a download or fails in the network can be sent again.
    setTimeout(() => release(form), 5000);
  });

  // The page may come back from the browser's memory with its forms still marked as sent.
  addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach(release);
  });

  document.addEventListener("change", (event) => {
    const control = event.target as HTMLElement;
    if (control.matches("[data-send-on-change]")) {
      (control as HTMLSelectElement).form?.requestSubmit();
    }
  });

  document.querySelector<HTMLElement>("[data-form-errors]")?.focus();
  document.body.addEventListener("htmx:afterSwap", () => {
    document.querySelector<HTMLElement>("[data-form-errors]")?.focus();
  });
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}
