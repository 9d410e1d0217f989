// Toasts say what happened without moving the page; they leave by themselves only when nothing is to be done.
const SECONDS = 8;

function region(): HTMLElement | null {
  return document.querySelector("[data-toasts]");
}

/** Show one sentence at the bottom of the page; screen readers speak it. */
export function toast(sentence: string): void {
  const place = region();
  const pattern = document.querySelector<HTMLTemplateElement>("template[data-toast]");
  if (!place || !pattern || sentence === "") return;
  const copy = pattern.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
  const words = copy?.querySelector("[data-words]");
  if (!copy || !words) return;
  words.textContent = sentence;
  place.append(copy);
  setTimeout(() => copy.remove(), SECONDS * 1000);
}

export function startToasts(): void {
  // Pages with a script of their own ask for one by an event.
  document.addEventListener("huiyin:say", (event) => toast(String((event as CustomEvent<string>).detail)));
  document.addEventListener("click", (event) => {
    const close = (event.target as Element).closest("[data-toast-close]");
    close?.closest(".toast")?.remove();
  });
}
