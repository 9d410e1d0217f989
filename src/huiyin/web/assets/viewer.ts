// Photos of a matter in a window over the page, one after the other; without a script each opens alone.
export function startViewer(): void {
  const box = document.querySelector<HTMLDialogElement>("[data-viewer]");
  if (box) {
    const picture = document.createElement("img");
    box.append(picture);
    start(box, picture);
  }

  for (const press of document.querySelectorAll<HTMLButtonElement>("[data-print-now]")) {
    press.hidden = false;
    press.addEventListener("click", () => window.print());
  }
}

function start(box: HTMLDialogElement, picture: HTMLImageElement): void {
  const name = box.querySelector<HTMLElement>("[data-viewer-name]");
  const count = box.querySelector<HTMLElement>("[data-viewer-count]");
  const back = box.querySelector<HTMLButtonElement>("[data-viewer-back]");
  const on = box.querySelector<HTMLButtonElement>("[data-viewer-on]");
  let photos: HTMLAnchorElement[] = [];
  let at = 0;

  const show = (to: number): void => {
    const photo = photos[to];
    if (!photo) return;
    at = to;
    picture.src = photo.href;
    picture.alt = photo.dataset.name ?? "";
    if (name) name.textContent = photo.dataset.name ?? "";
    if (count) count.textContent = `${at + 1} / ${photos.length}`;
    if (back) back.disabled = at === 0;
    if (on) on.disabled = at === photos.length - 1;
  };

  document.addEventListener("click", (event) => {
    const photo = (event.target as Element).closest<HTMLAnchorElement>("[data-photo]");
    if (!photo || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    // The same photo stands among the files and in the timeline: once is enough here.
    const all = [...document.querySelectorAll<HTMLAnchorElement>("[data-photo]")];
    photos = all.filter((each, number) => all.findIndex((other) => other.href === each.href) === number);
    box.showModal();
    show(photos.findIndex((each) => each.href === photo.href));
  });
  back?.addEventListener("click", () => show(at - 1));
  on?.addEventListener("click", () => show(at + 1));
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    if (event.key === "ArrowRight") show(at + 1);
  });
  box.addEventListener("close", () => picture.removeAttribute("src"));
}
