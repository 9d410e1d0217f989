// The grid worker's phone: pages kept for when there is no network, forms that wait in it.
import { KEPT, OWN } from "../../ui/assets/leaving";
import { startFieldForm } from "./field_forms";
import { startKinds } from "./field_kinds";
import { startNearness } from "./field_position";
import { inOrder, sendAll, type Outcome } from "./field_sending";
import { newId, Store, type Item } from "./field_store";

const AGAIN_MS = 30_000;
const FRESH_MS = 600_000;
const AHEAD = 8;

const page = document.querySelector<HTMLElement>("[data-field]");
if (page) void start(page);

async function start(page: HTMLElement): Promise<void> {
  startKinds();
  startNearness(page);
  const account = page.dataset.account ?? "";
  await leaveOthers(account);
  const store = await Store.open(account);
  if (!store) return; // forms are sent as forms
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-queue]")) {
    await startFieldForm(form, store, page);
  }
  const queue = new Queue(store, page);
  await queue.draw();
  addEventListener("online", () => void queue.send());
  addEventListener("offline", () => void queue.draw("offline"));
  setInterval(() => void queue.sendIfAny(), AGAIN_MS);
  document.querySelector("[data-try]")?.addEventListener("click", () => void queue.send());
  document.documentElement.dataset.fieldReady = "yes";
  await queue.sendIfAny();
  await keepPages(page, account);
}

/** Forget the pages kept for another account; what waits under it stays, locked, until it is back. */
async function leaveOthers(account: string): Promise<void> {
  try {
    const own = JSON.parse(localStorage.getItem(OWN) ?? "null") as { account: string } | null;
    if (own && own.account !== account && "caches" in window) await caches.delete(KEPT);
  } catch {
    // a browser that keeps nothing
  }
}

/** Fetch what will be wanted without a network: the tabs, the next matters, how they look. */
async function keepPages(page: HTMLElement, account: string): Promise<void> {
  if (!("caches" in window) || !navigator.onLine) return;
  const mark = `${KEPT} ${account}`;
  const ahead = [...document.querySelectorAll<HTMLAnchorElement>("a[data-ahead]")].slice(0, AHEAD).map(({ href }) => href);
  const kept = await caches.open(KEPT);
  const every = (page.dataset.keep ?? "").split(" ").map((path) => new URL(path, location.href).href);
  // Whoever worked here in between has taken the pages away.
  const isThere = Boolean(await kept.match(every[1] ?? "", { ignoreVary: true }));
  const isFresh = isThere && Date.now() - Number(sessionStorage.getItem(mark) ?? 0) < FRESH_MS;
  const tabs = isFresh ? [] : every;
  try {
    for (const url of new Set([...tabs, ...ahead])) {
      const answer = await fetch(url, { redirect: "manual", cache: "no-store" });
      if (answer.ok && answer.headers.has("Huiyin-Keep")) await kept.put(url, answer);
    }
    const looks = document.querySelectorAll<HTMLElement>("link[rel=stylesheet], link[rel=icon], script[src]");
    for (const each of looks) {
      const url = each.getAttribute("href") ?? each.getAttribute("src") ?? "";
      if (!(await kept.match(url, { ignoreVary: true }))) await kept.add(url);
    }
    sessionStorage.setItem(mark, String(Date.now()));
    document.documentElement.dataset.fieldKept = "yes";
  } catch {
    // the network went: next time
  }
}

class Queue {
  private outcome: Outcome = "sent";

  constructor(
    private readonly store: Store,
    private readonly page: HTMLElement,
  ) {}

  private get isOffline(): boolean {
    return !navigator.onLine || this.outcome === "offline";
  }

  async sendIfAny(): Promise<void> {
    if (inOrder(await this.store.items()).length) await this.send();
  }

  async send(): Promise<void> {
    const button = document.querySelector<HTMLElement>("[data-try]");
    button?.setAttribute("aria-busy", "true");
    const { who = "", photos = "", textGone = "" } = this.page.dataset;
    this.outcome = await sendAll(this.store, { who, photos, gone: textGone }, () => void this.draw());
    button?.removeAttribute("aria-busy");
    await this.draw(this.outcome);
  }

  async draw(outcome: Outcome = this.outcome): Promise<void> {
    this.outcome = outcome;
    const items = (await this.store.items()).filter(({ state }) => state !== "draft");
    await this.forgetOld(items);
    const waiting = inOrder(items);
    const look = items.filter(({ state }) => state === "look");
    this.strip(waiting.length, look.length);
    this.list(items, waiting, look);
  }

  private async forgetOld(items: Item[]): Promise<void> {
    const today = new Date().toDateString();
    for (const item of items.filter(({ receivedAt }) => receivedAt && new Date(receivedAt).toDateString() !== today)) {
      await this.store.drop(item);
    }
  }

  private strip(waiting: number, look: number): void {
    const strip = document.querySelector<HTMLElement>("[data-queue-strip]");
    const words = strip?.querySelector<HTMLElement>("[data-queue-words]");
    const said = this.words(waiting, look);
    if (strip && words) {
      strip.hidden = !said;
      words.textContent = said;
      this.tell("[data-queue-off]", this.isOffline);
      this.tell("[data-queue-look]", !document.querySelector("[data-queue-list]"));
    }
    const mine = document.querySelector<HTMLElement>("[data-queue-said]");
    if (mine && waiting + look) mine.textContent = said;
  }

  private words(waiting: number, look: number): string {
    const { textOfflineNone = "", textOfflineSome = "", textWaiting = "", textLook = "", textSignedOut = "" } = this.page.dataset;
    const n = String(waiting);
    if (this.outcome === "signed-out" && waiting) return textSignedOut.replace("{n}", n);
    if (this.isOffline) {
      return waiting ? textOfflineSome.replace("{n}", n) : textOfflineNone;
    }
    if (look) return textLook.replace("{n}", String(look));
    return waiting ? textWaiting.replace("{n}", n) : "";
  }

  private list(items: Item[], waiting: Item[], look: Item[]): void {
    const list = document.querySelector<HTMLElement>("[data-queue-list]");
    if (!list) return;
    const received = items
      .filter(({ state }) => state === "received")
      .sort((one, other) => (other.receivedAt ?? 0) - (one.receivedAt ?? 0));
    const parts: [string, Item[]][] = [["look", look], ["waiting", waiting], ["received", received]];
    for (const [name, found] of parts) {
      const part = list.querySelector<HTMLElement>(`[data-part=${name}]`);
      if (!part) continue;
      part.hidden = !found.length;
      part.querySelector("[data-rows]")?.replaceChildren(...found.map((item, at) => this.row(name, item, at)));
    }
    const nothing = list.querySelector<HTMLElement>("[data-part=nothing]");
    if (nothing) nothing.hidden = items.length > 0;
    this.tell("[data-signed-out]", this.outcome === "signed-out");
    this.tell("[data-other-account]", this.outcome === "other-account");
    this.tell("[data-urgent-waiting]", this.isOffline && waiting.some(({ urgent }) => urgent));
  }

  private tell(what: string, isSo: boolean): void {
    const found = document.querySelector<HTMLElement>(what);
    if (found) found.hidden = !isSo;
  }

  private row(name: string, item: Item, at: number): Node {
    const template = document.querySelector<HTMLTemplateElement>(`template[data-row=${name}]`);
    const words = document.querySelector<HTMLElement>("[data-words]")?.dataset ?? {};
    const row = template?.content.cloneNode(true) as DocumentFragment;
    const put = (what: string, text: string): void => {
      const found = row.querySelector(`[data-${what}]`);
      if (found) found.textContent = text;
    };
    put("title", item.title);
    const time = new Date(item.receivedAt ?? item.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    const when = (name === "received" ? words.received : words.written) ?? "";
    const photos = item.shots.length ? `, ${(words.photosOf ?? "").replace("{n}", String(item.shots.length))}` : "";
    put("when", `${when.replace("{t}", time)}${photos}`.replace(", ", document.documentElement.lang === "en" ? ", " : "，"));
    if (name === "waiting") put("state", ((item.urgent ? words.urgent : words.order) ?? "").replace("{n}", String(at + 1)));
    if (name === "look") {
      put("state", (item.conflict ? words.conflict : words.refused) ?? "");
      put("why", item.why ?? "");
      this.choices(row, item);
    }
    return row;
  }

  private choices(row: DocumentFragment, item: Item): void {
    const on = (what: string, then: () => Promise<void>): HTMLElement | null => {
      const button = row.querySelector<HTMLElement>(`[data-do=${what}]`);
      button?.addEventListener("click", () => void then().then(() => this.draw()));
      return button;
    };
    on("drop", () => this.store.drop(item));
    on("again", async () => {
      // As a new thing, seen as it stands now: the old key stands for what was refused.
      const fields = item.fields.filter(([name]) => name !== "expected");
      await this.store.put({ ...item, id: newId(), fields, state: "waiting" });
      await this.store.forget(item.id);
      await this.send();
    });
    const note = on("note", async () => {
      const words = item.fields.filter(([name]) => name === "text").map(([, text]) => text);
      const fields: [string, string][] = [["text", [item.title, ...words].join("\n")]];
      const shots = item.shots.map((shot) => ({ ...shot, field: "files" }));
      await this.store.put({ ...item, id: newId(), url: item.note ?? "", fields, shots, state: "waiting" });
      await this.store.forget(item.id);
      await this.send();
    });
    if (note) note.hidden = !item.note;
  }
}
