// Says how old the data is when that is more than a reader expects: only the reader's clock knows.
"use strict";

const notice = document.querySelector("[data-read-at]");
const days = notice && Math.floor((Date.now() - Date.parse(notice.dataset.readAt)) / 86_400_000);
if (days >= 10) {
  notice.textContent = notice.dataset.old.replace("{n}", days);
  notice.hidden = false;
}
