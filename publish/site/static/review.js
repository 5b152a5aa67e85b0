// The desk by keyboard: each key presses the button or follows the link that shows it. Without this script all of them
// are there to be clicked. No key is taken while somebody types, holds a modifier, or has switched the letters off.
(() => {
  "use strict";
  const stored = "pantau-tinjauan-tombol";
  const box = document.getElementById("pakai-tombol");
  const read = () => { try { return localStorage.getItem(stored) !== "mati"; } catch { return true; } };
  const write = on => { try { localStorage.setItem(stored, on ? "hidup" : "mati"); } catch { /* kept nowhere */ } };
  let isLeaving = false;

  if (box) {
    box.checked = read();
    box.closest("[hidden]").hidden = false;
    box.addEventListener("change", () => write(box.checked));
  }

  const isTyping = element => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  const press = element => {
    if (element.matches("details")) {
      element.open = !element.open;
      element.querySelector("summary").focus();
    } else {
      element.click();
    }
  };

  document.addEventListener("keydown", event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = isTyping(event.target);
    if (event.key === "Escape" && field) {
      field.blur();
      return;
    }
    if (field || event.repeat || isLeaving || (box && !box.checked && event.key !== "Escape")) return;
    const key = event.key === "Escape" ? event.key : event.key.toLowerCase();
    const wanted = document.querySelector(`[data-key="${CSS.escape(key)}"], [data-focus="${CSS.escape(key)}"]`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.dataset.focus === key) wanted.focus();
    else press(wanted);
  });

  // One press is one decision, however fast the next one comes.
  document.addEventListener("submit", event => {
    if (isLeaving) event.preventDefault();
    isLeaving = true;
  });
  window.addEventListener("pageshow", () => { isLeaving = false; });

  // What was done is said aloud: a live region tells only what comes into it after it is there.
  const news = document.getElementById("kabar");
  if (news && news.textContent.trim()) {
    const words = news.innerHTML;
    news.textContent = "";
    requestAnimationFrame(() => { news.innerHTML = words; });
  }
  const at = document.getElementById("butir");
  if (at && !document.querySelector("[autofocus]") && (location.hash === "#butir" || document.querySelector(".refused"))) {
    at.focus({ preventScroll: location.hash !== "#butir" });
  }
})();
