// Keys of the inbox: they only press what can be pressed anyway, and are dead while somebody writes.
export function startInbox(): void {
  const box = document.querySelector<HTMLElement>("[data-inbox]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (/^[1-4]$/.test(event.key)) {
      const act = document.querySelector<HTMLElement>(`.act-bar [data-key="${event.key}"]`);
      if (act) {
        event.preventDefault();
        act.click();
      }
      return;
    }
    if (!box) return;
    const rows = [...box.querySelectorAll<HTMLAnchorElement>("[data-row]")];
    const at = rows.indexOf(document.activeElement as HTMLAnchorElement);
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
        row?.closest("li")?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
        break;
      case "?":
        event.preventDefault();
        (document.getElementById("keys") as HTMLDialogElement | null)?.showModal();
        break;
    }
  });
  if (!box) return;
  // On a wide screen a row opens beside the list; on a narrow one it is a page.
  box.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLAnchorElement>("[data-row]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    if (!matchMedia("(min-width: 1101px)").matches) return;
    event.preventDefault();
    show(box, row);
  });
  // Rows listen only once the page is ready.
  addEventListener("load", () => {
    const first = box.querySelector<HTMLAnchorElement>("[data-row]");
    if (first && matchMedia("(min-width: 1101px)").matches) show(box, first);
  });
}

function show(box: HTMLElement, row: HTMLAnchorElement): void {
  box.querySelectorAll("[data-row][aria-current]").forEach((each) => each.removeAttribute("aria-current"));
  row.setAttribute("aria-current", "true");
  row.dispatchEvent(new Event("open"));
}

function isWriting(at: EventTarget | null): boolean {
  return at instanceof HTMLElement && (at.isContentEditable || at.closest("input:not([type=checkbox]), textarea, select, dialog[open]") !== null);
}
