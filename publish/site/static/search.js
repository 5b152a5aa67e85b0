// Saved searches: a list in this browser of addresses and what they are called. Nothing is sent anywhere.
"use strict";

const KEY = "pencarian";
const read = () => {
  try {
    const saved = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(saved) ? saved.filter((one) => typeof one?.address === "string" && one.address.startsWith("?")) : [];
  } catch {
    return [];
  }
};
const write = (saved) => {
  try {
    localStorage.setItem(KEY, JSON.stringify(saved));
    return true;
  } catch {
    return false;
  }
};

const box = document.querySelector("[data-saved-list]");
const button = document.querySelector("[data-save]");
const parameters = new URLSearchParams(location.search);
parameters.delete("halaman");
const here = `?${parameters}`;

const show = () => {
  const saved = read();
  box.hidden = !saved.length;
  box.querySelector("ul").replaceChildren(
    ...saved.map((one) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = one.address;
      link.textContent = one.name;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "plain small";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `${box.dataset.remove} ${one.name}`);
      remove.addEventListener("click", () => {
        write(read().filter((other) => other.address !== one.address));
        show();
      });
      item.append(link, remove);
      return item;
    }),
  );
  if (button) {
    const isSaved = saved.some((one) => one.address === here);
    button.disabled = isSaved;
    button.textContent = isSaved ? button.dataset.saved : button.dataset.label;
  }
};

if (button) {
  button.dataset.label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    const chosen = [...document.querySelectorAll(".chosen")].map((one) => one.dataset.name);
    const kind = document.querySelector(".kinds [aria-current]:not(:first-child)")?.firstChild.data.trim();
    const name = [button.dataset.name, kind, ...chosen].filter(Boolean).join(" · ");
    write([{ address: here, name }, ...read()].slice(0, 50));
    show();
  });
}
show();
