// In a list that a search fills while one types, the arrows go down into what was found and back.
export function startArrows(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp" && event.key !== "Escape") return;
    const at = event.target as HTMLElement;
    const search = document.querySelector<HTMLInputElement>("input[data-search][data-hx-target]");
    const list = search && document.querySelector<HTMLElement>(search.getAttribute("data-hx-target") ?? "");
    if (!search || !list || (at !== search && !list.contains(at))) return;
    const links = [...list.querySelectorAll<HTMLElement>("a[href], button")];
    const here = links.indexOf(at);
    if (event.key === "Escape") {
      if (at === search) return;
      search.focus();
    } else if (event.key === "ArrowDown") {
      links[Math.min(here + 1, links.length - 1)]?.focus();
    } else if (here > 0) {
      links[here - 1]?.focus();
    } else {
      search.focus();
    }
    event.preventDefault();
  });
}
