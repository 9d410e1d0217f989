// Photos made small in the browser, before they travel.
const LONGEST = 1600; // pixels of the longer side
const QUALITY = 0.82;
const MOST_BYTES = 8 * 1_048_576;

/** A photo as JPEG, its longer side at most so many pixels; as it is where the browser cannot read it. */
export async function shrunk(file: Blob, longest = LONGEST): Promise<Blob | null> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * share));
    canvas.height = Math.max(1, Math.round(picture.height * share));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (small) return small;
  } catch {
    // HEIC on a browser that cannot show it: the server reads it
  }
  return file.size <= MOST_BYTES ? file : null;
}
