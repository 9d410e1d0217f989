// Sends what waits, once: photos first, in parts that go on where they stopped, then the words. The
// key of an item is its id, so that what arrived and whose answer was lost is not written twice.
import type { Item, Shot, Store } from "./field_store";

/** What came of trying: nothing can be reached, who has to sign in, or all was tried. */
export type Outcome = "sent" | "offline" | "signed-out" | "other-account" | "later";

interface Who {
  account: string;
  token: string;
}
interface Answer {
  state: "received" | "look";
  kind?: "conflict" | "refused" | "photos";
  number?: string;
  title?: string;
  why?: string;
  note?: string;
}

const PART = 262_144;
const JSON_ONLY = { Accept: "application/json" };

export interface Addresses {
  who: string;
  photos: string; // with a UUID of zeros where the photo's goes
  gone: string;
}

class Stop extends Error {
  constructor(readonly outcome: Outcome) {
    super(outcome);
  }
}

/** Try to send everything that waits, the urgent first. One page at a time does so. */
export async function sendAll(store: Store, to: Addresses, changed: () => void): Promise<Outcome> {
  const work = () => sendInOrder(store, to, changed);
  if (!("locks" in navigator)) return work();
  const done = await navigator.locks.request("huiyin-field", { ifAvailable: true }, (lock) =>
    lock ? work() : Promise.resolve<Outcome>("later"),
  );
  return done;
}

async function sendInOrder(store: Store, to: Addresses, changed: () => void): Promise<Outcome> {
  try {
    const token = await tokenOf(store, to);
    for (const item of inOrder(await store.items())) {
      await send(store, item, to, token);
      changed();
    }
    return "sent";
  } catch (failure) {
    if (failure instanceof Stop) return failure.outcome;
    if (failure instanceof TypeError) return "offline"; // what fetch throws without a network
    throw failure;
  }
}

/** What waits, in the order in which it goes. */
export function inOrder(items: Item[]): Item[] {
  return items
    .filter(({ state }) => state === "waiting")
    .sort((one, other) => Number(other.urgent) - Number(one.urgent) || one.at - other.at);
}

async function tokenOf(store: Store, to: Addresses): Promise<string> {
  const answer = await fetch(to.who, { headers: JSON_ONLY, redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
    throw new Stop("signed-out");
  }
  if (!answer.ok) throw new Stop("later");
  const who = (await answer.json()) as Who;
  if (who.account !== store.account) throw new Stop("other-account");
  return who.token;
}

async function send(store: Store, item: Item, to: Addresses, token: string): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const shot of item.shots) await upload(store, item, shot, to, token);
    const body = new URLSearchParams(item.fields);
    body.set("key", item.id);
    for (const shot of item.shots) if (shot.file) body.append(shot.field, shot.file);
    const headers = { ...JSON_ONLY, "X-CSRFToken": token };
    const answer = await fetch(item.url, { method: "POST", headers, body, redirect: "manual" });
    const said = await read(answer, to);
    if (said.kind !== "photos" || round > 0) return settle(store, item, said);
    for (const shot of item.shots) delete shot.file; // they were not used in time and are gone
  }
}

async function read(answer: Response, to: Addresses): Promise<Answer> {
  if (answer.type === "opaqueredirect") throw new Stop("signed-out");
  const isOurs = answer.headers.get("Content-Type")?.includes("json") ?? false;
  if (isOurs && [200, 409, 422].includes(answer.status)) return (await answer.json()) as Answer;
  // Missing, or no longer permitted: trying again does not help, and the rest must not wait for it.
  if ([400, 403, 404].includes(answer.status)) return { state: "look", kind: "conflict", why: to.gone };
  throw new Stop("later");
}

async function settle(store: Store, item: Item, said: Answer): Promise<void> {
  if (said.state === "received") {
    await store.dropShots(item.shots);
    const title = item.title || said.title || "";
    await store.put({ ...item, title, fields: [], shots: [], state: "received", receivedAt: Date.now() });
  } else {
    const conflict = said.kind === "conflict";
    await store.put({ ...item, state: "look", why: said.why ?? "", conflict, note: said.note ?? "" });
  }
}

async function upload(store: Store, item: Item, shot: Shot, to: Addresses, token: string): Promise<void> {
  if (shot.file) return;
  const photo = await store.shot(shot.id);
  if (!photo) return;
  const address = to.photos.replace("00000000-0000-0000-0000-000000000000", shot.id);
  let { received, file } = await howFar(await fetch(address, { headers: JSON_ONLY, redirect: "manual", cache: "no-store" }));
  while (!file) {
    const part = photo.slice(received, received + PART);
    const answer = await fetch(`${address}?offset=${received}&size=${photo.size}`, {
      method: "PUT",
      headers: { ...JSON_ONLY, "X-CSRFToken": token, "Content-Type": "application/octet-stream" },
      body: part,
      redirect: "manual",
    });
    if (answer.status === 422) {
      // Not readable, or too much for one day: whoever took it decides.
      const { why } = (await answer.json()) as { why: string };
      await store.put({ ...item, state: "look", why });
      throw new Stop("later");
    }
    const before = received;
    ({ received, file } = await howFar(answer));
    if (!file && received === before && answer.status !== 409) throw new Stop("later");
  }
  shot.file = file;
  await store.put(item); // what has arrived is not sent again
}

async function howFar(answer: Response): Promise<{ received: number; file: string }> {
  if (answer.type === "opaqueredirect") throw new Stop("signed-out");
  if (!answer.ok && answer.status !== 409) throw new Stop("later");
  const said = (await answer.json()) as { received?: number; file?: string };
  return { received: said.received ?? 0, file: said.file ?? "" };
}
