// Where the phone is: asked for when it is wanted, never a condition.

export function addPosition(form: HTMLFormElement, button: HTMLButtonElement, page: HTMLElement): void {
  if (!("geolocation" in navigator)) return;
  button.hidden = false;
  const said = button.parentElement?.querySelector<HTMLElement>("[data-position-said]");
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    locate(
      ({ latitude, longitude, accuracy }) => {
        button.removeAttribute("aria-busy");
        const words = (page.dataset.textPosition ?? "").replace("{n}", String(Math.round(accuracy)));
        const lat = latitude.toFixed(6);
        const lon = longitude.toFixed(6);
        set(form, "lat", lat);
        set(form, "lon", lon);
        const line = button.closest("[data-position-field]")?.querySelector<HTMLInputElement>("input[type=text]");
        if (line) line.value = `${lat}, ${lon} (${words})`;
        if (said) said.textContent = words;
        form.dispatchEvent(new Event("input", { bubbles: true }));
      },
      () => {
        button.removeAttribute("aria-busy");
        if (said) said.textContent = page.dataset.textNoPosition ?? "";
      },
    );
  });
}

function set(form: HTMLFormElement, name: string, value: string): void {
  const control = form.querySelector<HTMLInputElement>(`input[type=hidden][name=${name}]`);
  if (control) control.value = value;
}

function locate(found: (coords: GeolocationCoordinates) => void, failed: () => void): void {
  const asked = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 };
  navigator.geolocation.getCurrentPosition(({ coords }) => found(coords), failed, asked);
}

/** Sort what follows as one walks from here: what is overdue first, then always the nearest. */
export function startNearness(page: HTMLElement): void {
  const button = document.querySelector<HTMLButtonElement>("[data-near]");
  const isSomewhere = [...document.querySelectorAll<HTMLElement>("[data-stops] [data-stop]")].some(pointOf);
  if (!button || !isSomewhere || !("geolocation" in navigator)) return;
  button.hidden = false;
  const said = document.querySelector<HTMLElement>("[data-near-said]");
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    locate(
      ({ latitude, longitude }) => {
        button.removeAttribute("aria-busy");
        order({ lat: latitude, lon: longitude }, page);
      },
      () => {
        button.removeAttribute("aria-busy");
        if (!said) return;
        said.hidden = false;
        said.textContent = page.dataset.textNoPosition ?? "";
      },
    );
  });
}

interface Point {
  lat: number;
  lon: number;
}

function order(from: Point, page: HTMLElement): void {
  for (const stop of document.querySelectorAll<HTMLElement>("[data-stop]")) {
    const away = stop.querySelector<HTMLElement>("[data-away]");
    const point = pointOf(stop);
    if (away && point) away.textContent = words(metres(from, point), page);
  }
  const list = document.querySelector<HTMLElement>("[data-stops]");
  if (!list) return;
  const stops = [...list.querySelectorAll<HTMLElement>("[data-stop]")];
  let here = from;
  const walked: HTMLElement[] = [];
  for (const isOverdue of [true, false]) {
    let left = stops.filter((stop) => "overdue" in stop.dataset === isOverdue);
    while (left.length) {
      const next = nearest(here, left);
      walked.push(next);
      here = pointOf(next) ?? here;
      left = left.filter((stop) => stop !== next);
    }
  }
  list.replaceChildren(...walked);
  walked.forEach((stop, at) => {
    const number = stop.querySelector("[data-nr]");
    if (number) number.textContent = String(at + 2);
  });
}

function nearest(from: Point, stops: HTMLElement[]): HTMLElement {
  const far = (stop: HTMLElement): number => {
    const point = pointOf(stop);
    return point ? metres(from, point) : Number.POSITIVE_INFINITY;
  };
  return stops.reduce((best, stop) => (far(stop) < far(best) ? stop : best));
}

function pointOf({ dataset }: HTMLElement): Point | null {
  return dataset.lat && dataset.lon ? { lat: Number(dataset.lat), lon: Number(dataset.lon) } : null;
}

function metres(one: Point, other: Point): number {
  const north = (other.lat - one.lat) * 111_320;
  const east = (other.lon - one.lon) * 111_320 * Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot(north, east);
}

function words(away: number, page: HTMLElement): string {
  const isNear = away < 1000;
  const text = (isNear ? page.dataset.textAway : page.dataset.textAwayKm) ?? "";
  return text.replace("{n}", isNear ? String(Math.round(away / 10) * 10) : (away / 1000).toFixed(1));
}
