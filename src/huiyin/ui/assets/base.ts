// What every page loads: htmx, and a few helpers that only add to what works without a script.
import htmx from "htmx.org";

import { startAgain } from "./again";
import { startArrows } from "./arrows";
import { startDialogs } from "./dialogs";
import { startForms } from "./forms";
import { startLeaving } from "./leaving";
import { startLookups } from "./lookup";
import { startOffline } from "./offline";
import { startConditions } from "./conditions";
import { startSignedOut } from "./signed_out";
import { startToasts, toast } from "./toasts";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0, // personal pages stay out of the browser's storage
  refreshOnHistoryMiss: true,
  scrollBehavior: "auto",
  timeout: 20_000,
  defaultSettleDelay: 0, // what has come can be pressed at once: nothing here fades in
  // A refused form (422) and a page somebody else was faster on (409) are answers, not failures.
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "409", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

const texts = document.body.dataset;

// Too many at once (503 with Retry-After): nothing was begun, so the same may be sent again. Some
// times, then whoever waits is told.
const AGAIN_MOST = 4;
const tried = new WeakMap<Element, number>();
interface Answered {
  xhr: XMLHttpRequest;
  elt: Element;
  target: Element;
  requestConfig: { verb: string; path: string; parameters: Record<string, unknown>; triggeringEvent?: Event };
}

function sendsAgain(found: Answered): boolean {
  const seconds = Number(found.xhr.getResponseHeader("Retry-After"));
  const many = tried.get(found.elt) ?? 0;
  if (found.xhr.status !== 503 || !seconds || seconds > 10 || many >= AGAIN_MOST) {
    tried.delete(found.elt);
    return false;
  }
  tried.set(found.elt, many + 1);
  const { verb, path, parameters } = found.requestConfig;
  setTimeout(
    () => {
      if (!found.elt.isConnected) return;
      void htmx.ajax(verb as "get" | "post", path, { source: found.elt, target: found.target as HTMLElement, values: parameters });
    },
    seconds * 1000 * 2 ** many,
  );
  return true;
}

document.body.addEventListener("htmx:afterOnLoad", (event) => {
  tried.delete((event as CustomEvent<Answered>).detail.elt);
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(failure, (event) => {
    // What a page asks for by itself may fail in silence; nobody waits for it.
    if ((event.target as HTMLElement).closest("[data-quiet]")) return;
    const answered = event.type === "htmx:responseError";
    if (answered && sendsAgain((event as CustomEvent<Answered>).detail)) {
      toast(texts.textBusy ?? "");
      return;
    }
    const code = answered
      ? (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.getResponseHeader("X-Spoken-Code")
      : null;
    const said = (answered ? texts.textFailed : texts.textOffline) ?? "";
    toast(code ? `${said} ${code}` : said);
  });
}

// "/" goes to the search of the page, as the key drawn in it says.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target as HTMLElement;
  if (at.isContentEditable || at.closest("input, textarea, select, dialog[open]")) return;
  const search = document.querySelector<HTMLInputElement>("[data-search]");
  if (search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});

// Where tabs do not all fit side by side, the one the page is on is in sight.
document.querySelectorAll(".tabs [aria-current], .pills [aria-current]").forEach((tab) => {
  const strip = tab.parentElement;
  if (strip && strip.scrollWidth > strip.clientWidth) {
    strip.scrollLeft += tab.getBoundingClientRect().left - strip.getBoundingClientRect().left - 24;
  }
});

startAgain();
startArrows();
startDialogs();
startLeaving();
startForms();
startLookups();
startConditions();
startToasts();
startSignedOut();
startOffline();

document.body.addEventListener("htmx:afterSwap", (event) => {
  startLookups(event.target as HTMLElement);
  startConditions(event.target as HTMLElement);
});
