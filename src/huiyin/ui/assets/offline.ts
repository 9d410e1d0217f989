// The strip that says there is no network, and the worker that keeps the offline page.
export function startOffline(): void {
  const strip = document.querySelector<HTMLElement>("[data-offline]");
  const show = () => {
    if (strip) strip.hidden = navigator.onLine;
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();

  const address = document.body.dataset.worker;
  if (!address || !("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    navigator.serviceWorker
      .register(address, { scope: "/" })
      .then(() => navigator.serviceWorker.ready)
      .then((registration) => registration.active?.postMessage({ language: document.documentElement.lang }))
      .catch(() => undefined); // private windows refuse workers; the page works without
  });
}
