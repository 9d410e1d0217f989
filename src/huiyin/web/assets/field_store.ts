// What waits in the phone: an IndexedDB of the account, every record locked with a key that cannot
// be read out of it (AES-GCM). Signing out deletes the database, and the key with it.
import { OWN } from "../../ui/assets/leaving";

export type State = "draft" | "waiting" | "look" | "received";

/** A photo of an item; `file`: the server's name for it once it has arrived. */
export interface Shot {
  id: string;
  field: string;
  size: number;
  file?: string;
}

export interface Item {
  id: string;
  kind: string;
  url: string;
  title: string;
  fields: [string, string][];
  shots: Shot[];
  urgent: boolean;
  at: number;
  state: State;
  why?: string;
  conflict?: boolean;
  note?: string;
  receivedAt?: number;
}

interface Locked {
  id: string;
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

const STORES = ["keys", "items", "photos"] as const;
type Kept = (typeof STORES)[number];

export class Store {
  private constructor(
    private readonly db: IDBDatabase,
    private readonly key: CryptoKey,
    readonly account: string,
  ) {}

  /** Open the store of an account; null where the browser can keep or lock nothing. */
  static async open(account: string): Promise<Store | null> {
    if (!account || !("indexedDB" in window) || !globalThis.crypto?.subtle) return null;
    try {
      const name = `huiyin-field-${account}`;
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        for (const store of STORES) request.result.createObjectStore(store, { keyPath: "id" });
      };
      const db = await answered(request);
      db.onversionchange = () => db.close(); // somebody signs out
      const store = new Store(db, await keyOf(db), account);
      await store.count();
      return store;
    } catch {
      return null; // private windows
    }
  }

  async items(): Promise<Item[]> {
    const rows = (await answered(this.at("items", "readonly").getAll())) as Locked[];
    const found = await Promise.all(rows.map((row) => this.unlocked(row)));
    return found.map((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Item);
  }

  async item(id: string): Promise<Item | null> {
    const row = (await answered(this.at("items", "readonly").get(id))) as Locked | undefined;
    return row ? (JSON.parse(new TextDecoder().decode(await this.unlocked(row))) as Item) : null;
  }

  async put(item: Item): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(item));
    const row = await this.locked(item.id, bytes);
    await answered(this.at("items", "readwrite").put(row));
    await this.count();
  }

  async drop(item: Item): Promise<void> {
    await this.dropShots(item.shots);
    await this.forget(item.id);
  }

  /** Delete the record alone; its photos go on with another. */
  async forget(id: string): Promise<void> {
    await answered(this.at("items", "readwrite").delete(id));
    await this.count();
  }

  async putShot(id: string, photo: Blob): Promise<void> {
    const row = await this.locked(id, new Uint8Array(await photo.arrayBuffer()));
    await answered(this.at("photos", "readwrite").put(row));
  }

  async shot(id: string): Promise<Blob | null> {
    const row = (await answered(this.at("photos", "readonly").get(id))) as Locked | undefined;
    return row ? new Blob([await this.unlocked(row)], { type: "image/jpeg" }) : null;
  }

  async dropShots(shots: Shot[]): Promise<void> {
    for (const each of shots) await answered(this.at("photos", "readwrite").delete(each.id));
  }

  /** Tell the page that signs out what there is to delete, and how much of it is unsent. */
  async count(): Promise<void> {
    const items = await this.items();
    const waiting = items.filter(({ state }) => state === "waiting" || state === "look").length;
    localStorage.setItem(OWN, JSON.stringify({ account: this.account, database: this.db.name, waiting }));
  }

  private at(store: Kept, mode: IDBTransactionMode): IDBObjectStore {
    return this.db.transaction(store, mode).objectStore(store);
  }

  private async locked(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<Locked> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const own = new TextEncoder().encode(id); // a record cannot be passed off as another
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: own }, this.key, bytes);
    return { id, iv, data };
  }

  private async unlocked({ id, iv, data }: Locked): Promise<ArrayBuffer> {
    const own = new TextEncoder().encode(id);
    return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: own }, this.key, data);
  }
}

async function keyOf(db: IDBDatabase): Promise<CryptoKey> {
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // One transaction: of two pages that begin at once, the second finds the key of the first.
  const store = db.transaction("keys", "readwrite").objectStore("keys");
  const known = (await answered(store.get("key"))) as { key: CryptoKey } | undefined;
  if (known) return known.key;
  await answered(store.put({ id: "key", key: made }));
  return made;
}

export function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error ?? new Error("not kept"));
  });
}

/** A random UUID, also where the browser has no `randomUUID`. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
