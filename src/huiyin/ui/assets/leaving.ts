// Whoever signs out leaves nothing of theirs in this browser: the database and the pages kept for
// working without a network. What they are is written under `huiyin-own` by whoever keeps them.
interface Own {
  account: string;
  database: string;
  waiting: number;
}

export const OWN = "huiyin-own";
export const KEPT = "huiyin-kept";

export function startLeaving(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      const own = ownOf(form.dataset.leaving);
      if (!own) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const words = (form.dataset.leavingWords ?? "").replace("{n}", String(own.waiting));
      if (own.waiting > 0 && !confirm(words)) return;
      void wipe(own).finally(() => form.submit());
    },
    true,
  );
}

function ownOf(account: string | undefined): Own | null {
  if (!account) return null;
  try {
    const own = JSON.parse(localStorage.getItem(OWN) ?? "null") as Own | null;
    return own?.account === account ? own : null;
  } catch {
    return null; // a browser that keeps nothing has nothing to wipe
  }
}

async function wipe(own: Own): Promise<void> {
  localStorage.removeItem(OWN);
  await new Promise((done) => {
    const request = indexedDB.deleteDatabase(own.database);
    request.onsuccess = request.onerror = done;
    // Another tab still holds it: it closes when it is told, and the deletion goes on by itself.
    request.onblocked = () => setTimeout(done, 1000);
  });
  if ("caches" in window) await caches.delete(KEPT);
}
