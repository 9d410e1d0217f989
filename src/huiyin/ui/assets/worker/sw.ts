// Keeps one page for when there is no network. Nothing personal is ever stored.
// The server puts `const HUIYIN = {version, files, pages}` before this text.
interface Given {
  version: string;
  files: string[];
  pages: Record<string, string>;
}
declare const HUIYIN: Given;

interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchingEvent extends LifeEvent {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface SaidEvent extends LifeEvent {
  data: unknown;
}
interface WorkerScope {
  addEventListener(type: "install" | "activate", then: (event: LifeEvent) => void): void;
  addEventListener(type: "fetch", then: (event: FetchingEvent) => void): void;
  addEventListener(type: "message", then: (event: SaidEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const scope = globalThis as unknown as WorkerScope;
const STORE = `huiyin-${HUIYIN.version}`;
const LANGUAGE = "/ui/offline-language";

scope.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(STORE)
      .then((store) => store.addAll([...HUIYIN.files, ...Object.values(HUIYIN.pages)]))
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name))))
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener("message", (event) => {
  const language = (event.data as { language?: string } | null)?.language;
  if (language && language in HUIYIN.pages) {
    event.waitUntil(caches.open(STORE).then((store) => store.put(LANGUAGE, new Response(language))));
  }
});

async function offlinePage(): Promise<Response> {
  const kept = await caches.match(LANGUAGE);
  const language = kept ? await kept.text() : "zh-Hans";
  const page = await caches.match(HUIYIN.pages[language] ?? "");
  return page ?? Response.error();
}

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(offlinePage));
  } else if (HUIYIN.files.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
