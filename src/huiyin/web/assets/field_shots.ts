// Photos of a form: made small on the phone, shown, and taken away again.
import { newId, type Item, type Shot, type Store } from "./field_store";
import { shrunk } from "./photos";

/** Let the cameras of a form fill a draft, and show what it holds. */
export function startShots(form: HTMLFormElement, store: Store, draft: Item, keep: () => Promise<void>): void {
  for (const box of form.querySelectorAll<HTMLElement>("[data-shots]")) {
    const input = box.querySelector<HTMLInputElement>("input[type=file]");
    const row = box.querySelector<HTMLElement>("[data-shot-row]");
    if (!input || !row) continue;
    const field = box.dataset.shots ?? "";
    const add = row.querySelector(".shot");
    const show = async (shot: Shot): Promise<void> => {
      const frame = await framed(store, shot, async () => {
        draft.shots = draft.shots.filter((each) => each.id !== shot.id);
        await store.dropShots([shot]);
        await keep();
        input.focus();
      });
      row.insertBefore(frame, add);
    };
    for (const shot of draft.shots.filter((each) => each.field === field)) void show(shot);
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = ""; // sent from the store, not by the form
      void (async () => {
        for (const file of files) {
          const photo = await shrunk(file);
          if (!photo) continue;
          const shot = { id: newId(), field, size: photo.size };
          await store.putShot(shot.id, photo);
          draft.shots.push(shot);
          await show(shot);
        }
        box.querySelector(".missing")?.remove();
        await keep();
      })();
    });
  }
}

async function framed(store: Store, shot: Shot, away: () => Promise<void>): Promise<HTMLElement> {
  const frame = document.createElement("div");
  frame.className = "taken";
  frame.append(await thumbnail(store, shot));
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", document.querySelector<HTMLElement>("[data-field]")?.dataset.textAwayPhoto ?? "×");
  button.addEventListener("click", () => {
    frame.remove();
    void away();
  });
  frame.append(button);
  return frame;
}

/** A small picture of a photo in the store. */
async function thumbnail(store: Store, shot: Shot): Promise<HTMLCanvasElement> {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", document.querySelector<HTMLElement>("[data-field]")?.dataset.textPhoto ?? "");
  const photo = await store.shot(shot.id);
  if (!photo) return canvas;
  try {
    const picture = await createImageBitmap(photo);
    const share = Math.min(1, 320 / Math.max(picture.width, picture.height));
    canvas.width = Math.max(1, Math.round(picture.width * share));
    canvas.height = Math.max(1, Math.round(picture.height * share));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
  } catch {
    canvas.width = canvas.height = 1; // one that cannot be shown is there all the same
  }
  return canvas;
}
