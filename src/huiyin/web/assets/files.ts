// Files of a form: photos are made small before they travel, what was chosen is shown and can be taken
// away again, and choosing once more adds. Without this the browser's own control does all it must.
import { shrunk } from "./photos";

const SHRINK_FROM = 1_048_576; // bytes; smaller photos go as they are
const LONGEST = 2400; // pixels of the longer side: a photographed paper can still be read
const THUMB = 96; // pixels

export function startFiles(root: ParentNode = document): void {
  root.querySelectorAll<HTMLInputElement>("input[type=file][data-chosen]").forEach(start);
}

function start(input: HTMLInputElement): void {
  if (input.dataset.listed) return;
  input.dataset.listed = "yes";
  const list = document.createElement("ul");
  list.className = "chosen-files";
  list.setAttribute("aria-live", "polite");
  input.after(list);
  let kept: File[] = [];
  const hand = (files: File[]): void => {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    kept = files;
    list.replaceChildren(...files.map((file) => row(file, input.dataset.chosen ?? "", () => takeAway(file))));
  };
  const takeAway = (file: File): void => {
    hand(kept.filter((one) => one !== file));
    input.focus();
  };
  input.addEventListener("change", () => {
    const added = [...(input.files ?? [])];
    if (!added.length) return; // the choice was broken off
    const before = input.multiple ? kept : [];
    hand([...before, ...added]); // at once: the form may be sent before the photos are small
    void Promise.all(added.map(small)).then((ready) => {
      const gone = (file: File): boolean => !kept.includes(file);
      const left = added.map((file, at) => (gone(file) ? null : (ready[at] ?? file)));
      hand([...before.filter((file) => !gone(file)), ...left.filter((file) => file !== null)]);
    });
  });
}

async function small(file: File): Promise<File> {
  if (!file.type.startsWith("image/") || file.size < SHRINK_FROM) return file;
  const photo = await shrunk(file, LONGEST);
  if (!photo || photo.size >= file.size) return file;
  return new File([photo], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: photo.type, lastModified: file.lastModified });
}

function row(file: File, words: string, away: () => void): HTMLElement {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "t";
  name.textContent = file.name;
  const size = document.createElement("span");
  size.className = "sub";
  size.textContent = said(file.size);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tool";
  button.textContent = "×";
  button.setAttribute("aria-label", `${words} ${file.name}`.trim());
  button.addEventListener("click", away);
  item.append(thumbnail(file), name, size, button);
  return item;
}

function said(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** A small picture of a photo; an empty square for any other file. */
function thumbnail(file: File): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = THUMB;
  canvas.setAttribute("aria-hidden", "true");
  if (file.type.startsWith("image/")) {
    void createImageBitmap(file, { imageOrientation: "from-image" })
      .then((picture) => {
        const share = THUMB / Math.min(picture.width, picture.height);
        const [width, height] = [picture.width * share, picture.height * share];
        canvas.getContext("2d")?.drawImage(picture, (THUMB - width) / 2, (THUMB - height) / 2, width, height);
        picture.close();
      })
      .catch(() => canvas.remove()); // HEIC on a browser that cannot show it
  } else {
    canvas.hidden = true;
  }
  return canvas;
}
