// Keeps one page for when there is no network, and the pages that say they may be kept (the header
// Huiyin-Keep). Nothing personal is ever stored.
// The server puts `const HUIYIN = {version, files, pages, assets}` before this text.
interface Given {
  version: string;
  files: string[];
  pages: Record<string, string>;
  assets: string;
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
const KEPT = "huiyin-kept";
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
      .then((names) => Promise.all(names.filter((name) => name !== STORE && name !== KEPT).map((name) => caches.delete(name))))
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

async function page(request: Request): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(request);
  } catch {
    const kept = await caches.open(KEPT);
    return (await kept.match(request, { ignoreVary: true })) ?? offlinePage();
  }
  if (answer.ok && !answer.redirected && answer.headers.has("Huiyin-Keep")) {
    const kept = await caches.open(KEPT);
    await kept.put(request.url, answer.clone());
  }
  return answer;
}

async function asset(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request, { ignoreVary: true })) ?? Response.error();
  }
}

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith(HUIYIN.assets)) event.respondWith(asset(request));
});
