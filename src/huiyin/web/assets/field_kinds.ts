// Which class a report belongs to, from its words: the server's suggestion, and without a network
// the classes whose names and everyday words share the most with it.
interface Kind {
  id: string;
  label: string;
}

const WAIT_MS = 350;
const MOST = 4;

export function startKinds(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-kinds-url]");
  const text = form?.querySelector<HTMLTextAreaElement>("[name=text]");
  const box = form?.querySelector<HTMLElement>("[data-kinds]");
  if (!form || !text || !box) return;
  const all = JSON.parse(document.getElementById("all-kinds")?.textContent ?? "[]") as [string, string, string][];
  let timer = 0;
  let asked = 0;
  const suggest = async (): Promise<void> => {
    const words = text.value.trim();
    const mine = ++asked;
    const found = words ? [...((await fromServer(form, words)) ?? []), ...guessed(all, words)] : [];
    const once = found.filter(({ id }, at) => found.findIndex((other) => other.id === id) === at);
    if (mine === asked) show(form, box, once.slice(0, MOST));
  };
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void suggest(), WAIT_MS);
  });
  if (text.value.trim()) void suggest();
}

async function fromServer(form: HTMLFormElement, words: string): Promise<Kind[] | null> {
  if (!navigator.onLine) return null;
  try {
    const url = new URL(form.dataset.kindsUrl ?? "", location.href);
    url.searchParams.set("q", words);
    const answer = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual" });
    return answer.ok ? ((await answer.json()) as { found: Kind[] }).found : null;
  } catch {
    return null;
  }
}

function guessed(all: [string, string, string][], words: string): Kind[] {
  const pairs = pairsOf(words);
  return all
    .map(([id, label, known]) => {
      const own = pairsOf(known);
      const shared = [...own].filter((pair) => pairs.has(pair)).length;
      return { id, label, share: shared / Math.sqrt(own.size || 1) };
    })
    .filter(({ share }) => share > 0)
    .sort((one, other) => other.share - one.share)
    .slice(0, MOST);
}

function pairsOf(words: string): Set<string> {
  const signs = [...words.replace(/[\s，。、！？,.!?]/g, "")];
  return new Set(signs.slice(1).map((sign, at) => `${signs[at]}${sign}`));
}

function show(form: HTMLFormElement, box: HTMLElement, found: Kind[]): void {
  const list = box.querySelector<HTMLElement>("[data-kind-list]");
  const hidden = form.querySelector<HTMLInputElement>("input[type=hidden][name=category]");
  const typed = form.querySelector<HTMLInputElement>("[name=category__typed]");
  if (!list || !hidden || !typed) return;
  box.hidden = !found.length;
  list.replaceChildren(
    ...found.map(({ id, label }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.lang = document.documentElement.lang;
      button.textContent = label;
      button.setAttribute("aria-pressed", String(hidden.value === id));
      button.addEventListener("click", () => {
        hidden.value = id;
        typed.value = label;
        for (const each of list.children) each.setAttribute("aria-pressed", String(each === button));
        form.dispatchEvent(new Event("input", { bubbles: true }));
      });
      return button;
    }),
  );
}
