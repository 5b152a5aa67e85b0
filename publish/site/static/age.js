// How long ago a moment was, in words behind it. The page itself says only when: it may be kept for days.
(() => {
  const language = document.documentElement.lang;
  const words = new Intl.RelativeTimeFormat(language);
  const nearWords = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const sizes = [["year", 8766], ["month", 730.5], ["day", 24], ["hour", 1], ["minute", 1 / 60]];
  // "2 months ago" up to two of the next size: "1 year ago" would hide eleven months.
  const least = { year: 2, month: 2, day: 2, hour: 1, minute: 0 };
  for (const moment of document.querySelectorAll(".moment[data-at]")) {
    const { at, late, lateWord } = moment.dataset;
    const isDay = at.length === 10;
    // A day is that of Jakarta.
    const hours = (Date.now() - new Date(isDay ? `${at}T00:00:00+07:00` : at).getTime()) / 3600000;
    const [unit, size] = sizes.find(([name, size]) => hours >= size * least[name] || (isDay && name === "day")) ?? sizes.at(-1);
    const said = document.createElement("span");
    said.className = "ago";
    const many = Math.floor(hours / size);
    // "today", "yesterday", "this minute"; but no "last year".
    said.textContent = ` (${(many < 2 && unit !== "hour" ? nearWords : words).format(-many, unit)})`;
    moment.append(said);
    if (late && hours > Number(late)) {
      const tag = document.createElement("span");
      tag.className = "tag unsure";
      tag.textContent = lateWord;
      moment.append(" ", tag);
    }
  }
})();
