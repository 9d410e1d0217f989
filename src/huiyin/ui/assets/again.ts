// The page that says too many have come at once goes on by itself: it sends what it keeps again, or
// asks for its address again, each time after a longer wait, and stops after some tries.
const TRIES = "huiyin-again";
const MOST_TRIES = 6;
const LONGEST = 60;

export function startAgain(): void {
  const sign = document.querySelector<HTMLElement>("[data-again]");
  const tries = read();
  if (!sign) {
    if (tries) write(0);
    return;
  }
  if (tries >= MOST_TRIES) return;
  let left = Math.min(Number(sign.dataset.again) * 2 ** tries, LONGEST);
  const words = sign.dataset.againWords ?? "";
  const form = document.querySelector<HTMLFormElement>("main form[method=post]");
  let is_over = false;
  form?.addEventListener("submit", () => (is_over = true));

  const tick = (): void => {
    if (is_over) return;
    if (left <= 0) {
      write(tries + 1);
      if (form) form.submit();
      else location.reload();
      return;
    }
    sign.textContent = words.replace("{n}", String(left));
    left -= 1;
    setTimeout(tick, 1000);
  };
  sign.hidden = false;
  tick();
}

function read(): number {
  try {
    return Number(sessionStorage.getItem(TRIES) ?? 0);
  } catch {
    return MOST_TRIES; // a browser that keeps nothing would try for ever
  }
}

function write(tries: number): void {
  try {
    if (tries) sessionStorage.setItem(TRIES, String(tries));
    else sessionStorage.removeItem(TRIES);
  } catch {
    // read() has said already that nothing is kept
  }
}
