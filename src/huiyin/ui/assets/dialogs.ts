// A link with data-dialog="id" opens that dialog instead of its page; without a script the page opens.
export function startDialogs(): void {
  document.addEventListener("click", (event) => {
    const at = event.target as Element;
    const opener = at.closest<HTMLElement>("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog ?? "");
      if (dialog instanceof HTMLDialogElement) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const dialog = at.closest("dialog");
    if (dialog && (at.closest("[data-dialog-close]") || at === dialog)) {
      event.preventDefault();
      dialog.close();
    }
  });

  // Only one of the small panels (navigation on a phone) is open, and Escape closes it.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const panel of document.querySelectorAll<HTMLDetailsElement>("details[data-panel][open]")) {
      panel.open = false;
      panel.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const panel of document.querySelectorAll<HTMLDetailsElement>("details[data-panel][open]")) {
      if (!panel.contains(event.target as Node)) panel.open = false;
    }
  });
}
