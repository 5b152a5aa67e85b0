// A touch on a marked stretch opens what its button opens, and Escape puts away what the pointer or the focus shows.
const root = document.documentElement;

document.addEventListener("click", event => {
  const stretch = event.target.closest(".mention > mark");
  if (!stretch || !getSelection().isCollapsed) return;
  const tip = stretch.parentElement.querySelector(":scope > .tip");
  if (tip) tip.togglePopover();
});

document.addEventListener("keydown", event => {
  if (event.key === "Escape") root.dataset.tips = "away";
});

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, event => {
    if (event.target.closest(".mention")) delete root.dataset.tips;
  });
}
