// The sign-in has ended while somebody writes: what is written stays on the page, is told so above its
// form, and can be sent once they have signed in again in another tab.
import { toast } from "./toasts";

interface Swap {
  xhr: XMLHttpRequest;
  elt: Element;
  target: Element;
  shouldSwap: boolean;
  isError: boolean;
  swapOverride?: string;
}

export function startSignedOut(): void {
  // What a page asks for by itself leads nobody away from it.
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, elt } = (event as CustomEvent<Swap>).detail;
    if (elt.closest("[data-quiet]") && xhr.getResponseHeader("HX-Redirect")) event.preventDefault();
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const found = (event as CustomEvent<Swap>).detail;
    if (found.xhr.status !== 401) return;
    document.querySelectorAll("[data-signed-out]").forEach((one) => one.remove());
    found.shouldSwap = true;
    found.isError = false;
    found.target = found.elt.closest("form") ?? found.target;
    found.swapOverride = "afterbegin";
  });
  addEventListener("focus", () => void comeBack());
}

// Signing in changes the token that forms carry: they get the new one.
async function comeBack(): Promise<void> {
  const said = document.querySelector<HTMLElement>("[data-signed-out]");
  if (!said) return;
  const answer = await fetch(said.dataset.signedOut ?? "").catch(() => null);
  if (!answer?.ok || answer.redirected) return; // still led to sign-in
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return;
  for (const one of document.querySelectorAll<HTMLInputElement>("[name=csrfmiddlewaretoken]")) one.value = token;
  document.body.setAttribute("data-hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  toast(said.dataset.words ?? "");
  said.remove();
}
