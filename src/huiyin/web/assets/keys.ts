// A list with what is open beside it, by keyboard: j and k, Enter, o, x, ? . They only press what
// can be pressed anyway, and are dead while somebody writes.
const WIDE = "(min-width: 1101px)";

export interface List {
  here(): HTMLAnchorElement | undefined;
  openNext(fits: (row: HTMLAnchorElement) => boolean): void;
}

export function startList(box: HTMLElement, pane: string): List {
  const rows = (): HTMLAnchorElement[] => [...box.querySelectorAll<HTMLAnchorElement>("[data-row]")];
  const index = (): number => {
    const all = rows();
    const at = all.findIndex((row) => row.closest("li")?.contains(document.activeElement));
    return at >= 0 ? at : all.findIndex((row) => row.getAttribute("aria-current") === "true");
  };
  const here = (): HTMLAnchorElement | undefined => rows()[index()];

  function show(row: HTMLAnchorElement): void {
    box.querySelectorAll("[data-row][aria-current]").forEach((each) => each.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
    row.dispatchEvent(new Event("open"));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    const all = rows();
    switch (event.key) {
      case "j":
      case "ArrowDown":
        event.preventDefault();
        all[Math.min(index() + 1, all.length - 1)]?.focus();
        break;
      case "k":
      case "ArrowUp":
        event.preventDefault();
        all[Math.max(index() - 1, 0)]?.focus();
        break;
      case "o": {
        const whole = here()?.dataset.whole ?? document.querySelector<HTMLAnchorElement>(`#${pane} [data-whole-page]`)?.href;
        if (whole) location.href = whole;
        break;
      }
      case "x":
        here()?.closest("li")?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
        break;
      case "?":
        event.preventDefault();
        (document.getElementById("keys") as HTMLDialogElement | null)?.showModal();
        break;
    }
  });

  // On a wide screen a row opens beside the list; on a narrow one it is a page.
  box.addEventListener("click", (event) => {
    const row = (event.target as Element).closest<HTMLAnchorElement>("[data-row]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    if (!matchMedia(WIDE).matches) return;
    event.preventDefault();
    show(row);
  });

  return {
    here,
    openNext(fits) {
      const all = rows();
      const next = all.slice(index() + 1).find(fits) ?? all.find(fits);
      if (!next) return;
      next.focus({ preventScroll: false });
      if (matchMedia(WIDE).matches) show(next);
    },
  };
}

export function isWriting(at: EventTarget | null): boolean {
  return (
    at instanceof HTMLElement &&
    (at.isContentEditable || at.closest("input:not([type=checkbox]), textarea, select, dialog[open]") !== null)
  );
}
