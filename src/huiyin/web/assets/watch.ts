// Where the phone is, on the form of reporting in: asked for when it is wanted, never a condition.
import { startActForms } from "./act_form";
import { addPosition } from "./field_position";

const page = document.querySelector<HTMLElement>("[data-watch]");

function start(box: ParentNode): void {
  if (!page) return;
  for (const line of box.querySelectorAll<HTMLInputElement>(".act-form input[type=text][name=position]")) {
    const field = line.closest<HTMLElement>(".field");
    const form = line.form;
    if (!field || !form || field.querySelector("[data-position]")) continue;
    field.dataset.positionField = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn small";
    button.dataset.position = "";
    button.hidden = true;
    button.textContent = page.dataset.textAdd ?? "";
    const said = document.createElement("span");
    said.className = "sub";
    said.dataset.positionSaid = "";
    said.setAttribute("role", "status");
    field.append(button, said);
    addPosition(form, button, page);
  }
}

start(document);
startActForms();
document.body.addEventListener("htmx:afterSwap", (event) => start(event.target as HTMLElement));
