// Narrows a list while its box is typed in; without script the form asks for the narrowed list.
"use strict";
for (const form of document.querySelectorAll("form[data-narrow]")) {
  const box = form.querySelector("input[type=search]");
  const table = document.querySelector(form.dataset.narrow);
  const told = document.querySelector("[data-told]");
  if (!table) continue;
  const groups = [...table.tBodies].map(body => ({ body, rows: [...body.querySelectorAll("tr[data-names]")] }));
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { body, rows } of groups) {
      const place = body.querySelector(".group th a")?.textContent.toLowerCase() ?? "";
      let inside = 0;
      for (const row of rows) {
        const name = [place, row.cells[0].textContent, row.dataset.names].join(" ").toLowerCase();
        row.hidden = !words.every(word => name.includes(word));
        inside += !row.hidden;
      }
      body.hidden = !inside;
      shown += inside;
    }
    told.textContent = words.length ? told.dataset.words.replace("{n}", shown) : "";
  });
}
