import { startActForms } from "./act_form";
import { startFiles } from "./files";
import { startInbox } from "./inbox";
import { startIntake } from "./intake";
import { startViewer } from "./viewer";

// Fills the form with the position of this device when the person asks for it, and sends it.
function start(form: HTMLFormElement): void {
  const offer = form.querySelector<HTMLElement>("[data-locate-offer]");
  const press = form.querySelector<HTMLButtonElement>("[data-locate-press]");
  const said = form.querySelector<HTMLElement>("[data-locate-said]");
  if (!offer || !press || !said || !("geolocation" in navigator)) return;
  offer.hidden = false;
  press.addEventListener("click", () => {
    press.setAttribute("aria-busy", "true");
    said.textContent = "";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        press.removeAttribute("aria-busy");
        fill(form, "lat", coords.latitude.toFixed(6));
        fill(form, "lon", coords.longitude.toFixed(6));
        fill(form, "accuracy", String(Math.round(coords.accuracy)));
        for (const choice of form.querySelectorAll<HTMLInputElement>("[name=crs]")) {
          choice.checked = choice.value === "wgs84";
        }
        form.requestSubmit();
      },
      ({ code, PERMISSION_DENIED }) => {
        press.removeAttribute("aria-busy");
        const { textDenied, textFailed } = form.dataset;
        said.textContent = (code === PERMISSION_DENIED ? textDenied : textFailed) ?? "";
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}

function fill(form: HTMLFormElement, name: string, value: string): void {
  const control = form.querySelector<HTMLInputElement>(`[name=${name}]`);
  if (control) control.value = value;
}

document.querySelectorAll<HTMLFormElement>("form[data-locate]").forEach(start);
startActForms();
startFiles();
document.body.addEventListener("htmx:afterSwap", (event) => startFiles(event.target as HTMLElement));
startInbox();
startIntake();
startViewer();
