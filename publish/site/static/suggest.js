// Suggests regencies while one types in a search box, by their names and by the names people use (Kotim). A list that
// one may ignore: without it, or before it is there, the box searches as ever.
"use strict";

const MOST = 6;
let names = null;

for (const form of document.querySelectorAll("form[data-names]"))
  form.q.addEventListener("focus", () => suggest(form), { once: true });

const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// A name that begins with what was typed comes first, then one of whose words does; short names before long ones.
function matches(typed) {
  const wanted = plain(typed).trim();
  if (wanted.length < 2) return [];
  const found = [];
  for (const [code, name, province, aliases] of names) {
    let best = null;
    for (const [rank, said] of [[0, name.replace(/^Kabupaten /, "")], [1, name], ...aliases.map(alias => [0, alias])]) {
      const at = plain(said), alias = aliases.includes(said) ? said : "";
      const score = at.startsWith(wanted) ? rank + at.length / 100 : at.includes(` ${wanted}`) ? 2 + at.length / 100 : null;
      if (score !== null && (best === null || score < best.score)) best = { score, code, name, province, alias };
    }
    if (best) found.push(best);
  }
  return found.sort((a, b) => a.score - b.score).slice(0, MOST);
}

async function suggest(form) {
  const input = form.q, list = document.createElement("ul"), told = document.createElement("span");
  names ??= await fetch(form.dataset.names).then(answer => answer.json()).catch(() => null);
  if (!names) return;
  list.id = `${input.id}-saran`;
  list.className = "suggestions";
  list.hidden = true;
  told.className = "hidden";
  for (const [part, told] of Object.entries({ role: "listbox", "aria-label": form.dataset.suggestions })) list.setAttribute(part, told);
  told.setAttribute("role", "status");
  form.append(list, told);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" }))
    input.setAttribute(name, value);
  let active = -1;

  function option({ code, name, province, alias }, number) {
    const item = document.createElement("li"), where = document.createElement("span");
    item.id = `${list.id}-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.code = code;
    where.className = "dim";
    where.textContent = alias ? `${alias} · ${province}` : province;
    item.append(name, " ", where);
    return item;
  }

  function open(found) {
    active = -1;
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    told.textContent = found.length ? form.dataset.found.replace("{n}", found.length) : "";
  }

  function move(step) {
    const items = [...list.children];
    active = (active + step + items.length + 1) % (items.length + 1);
    // One place beyond the last is the box itself.
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === active)));
    if (active < items.length) input.setAttribute("aria-activedescendant", items[active].id);
    else input.removeAttribute("aria-activedescendant");
  }

  const go = item => { location.href = form.dataset.regency.replace("00.00", item.dataset.code); };

  input.addEventListener("input", () => open(matches(input.value)));
  input.addEventListener("blur", () => open([]));
  input.addEventListener("keydown", event => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) open(matches(input.value));
      if (list.hidden) return;
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open([]);
    } else if (event.key === "Enter" && list.children[active]) {
      event.preventDefault();
      go(list.children[active]);
    }
  });
  // Before the box loses its focus and closes the list.
  list.addEventListener("pointerdown", event => event.preventDefault());
  list.addEventListener("click", event => {
    const item = event.target.closest("li");
    if (item) go(item);
  });
  if (document.activeElement === input) open(matches(input.value));
}
