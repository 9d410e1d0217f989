// Keeps the wall true: new figures every half minute, the time of day, and a plain word when the
// connection is lost. Nothing is drawn until a whole answer is there, so nothing flickers.
const EVERY_MS = 30_000;
const PATIENCE_MS = 20_000;

const wall = document.querySelector<HTMLElement>("[data-wall]");
const lost = document.querySelector<HTMLElement>(".wall-lost");

// The clock of the screen may be wrong; the server's is counted on from the moment it answered.
let heard = { at: 0, here: 0 };

function listen(): void {
  const shown = wall?.querySelector<HTMLElement>("[data-at]");
  heard = { at: Date.parse(shown?.dataset.at ?? ""), here: performance.now() };
}

function tick(): void {
  const clock = wall?.querySelector<HTMLElement>("[data-clock]");
  if (!clock || Number.isNaN(heard.at)) return;
  const now = new Date(heard.at + performance.now() - heard.here);
  const words = now.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  if (clock.textContent !== words) clock.textContent = words;
}

function say(sentence: string | undefined): void {
  if (!lost) return;
  const time = wall?.querySelector<HTMLElement>("[data-time]")?.dataset.time ?? "";
  const words = sentence?.replace("{time}", time) ?? "";
  lost.hidden = words === "";
  if (lost.textContent !== words) lost.textContent = words;
}

async function renew(): Promise<void> {
  if (!wall) return;
  try {
    const answer = await fetch(location.href, {
      headers: { "HX-Request": "true" },
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE_MS) : null,
    });
    const text = await answer.text();
    if (answer.ok && text.includes("data-at")) {
      wall.innerHTML = text;
      listen();
      tick();
      say(undefined);
    } else if (answer.status === 410) {
      location.reload(); // ended: what stood here is for nobody any more
    } else {
      // A server that is being started anew answers 5xx; anything else will not pass by itself.
      const passes = answer.status >= 500;
      say(passes ? wall.dataset.textLost : wall.dataset.textEnded);
    }
  } catch {
    say(wall.dataset.textLost);
  }
}

if (wall) {
  listen();
  setInterval(tick, 1_000);
  setInterval(() => void renew(), EVERY_MS);
  for (const event of ["online", "huiyin:renew"]) addEventListener(event, () => void renew());
  addEventListener("offline", () => say(wall.dataset.textLost));
}
