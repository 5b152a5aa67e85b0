// Makes a map of dots ([data-map], the macro zoom_map) zoomable and usable by keyboard; without it the drawing stands.
// Coordinates are units of the drawing; the view is the middle (x, y) and the width of what is shown.
"use strict";

const CLOSEST = 24, NAMES_FROM = 5, NAMES_MOST = 60, FINGER = 24;

for (const part of document.querySelectorAll("[data-map]")) makeLive(part);

function makeLive(part) {
  const svg = part.querySelector("svg"), told = part.querySelector(".map-told"), tools = part.querySelector(".map-tools");
  const { width: fullWidth, height: fullHeight } = svg.viewBox.baseVal;
  const dots = [...svg.querySelectorAll("a")].map(readDot);
  const names = document.createElementNS(svg.namespaceURI, "g");
  const view = { x: fullWidth / 2, y: fullHeight / 2, width: fullWidth };
  const fingers = new Map();
  let chosen = null, dragged = false, pinch = 0;

  names.setAttribute("class", "names");
  names.setAttribute("aria-hidden", "true");
  svg.insertBefore(names, svg.querySelector("a"));
  part.classList.add("live");
  tools.hidden = told.hidden = false;
  told.textContent = matchMedia("(pointer: coarse)").matches ? told.dataset.hintTouch : told.dataset.hint;
  if (dots.length) dots.at(-1).link.setAttribute("tabindex", "0");
  new ResizeObserver(show).observe(svg);

  function readDot(link) {
    const mark = link.querySelector("circle, use");
    const title = link.querySelector("title").textContent;
    const at = name => Number(mark.getAttribute(mark.localName === "circle" ? "c" + name : name));
    return { link, mark, title, name: title.split(":")[0].replace("Kabupaten ", ""), x: at("x"), y: at("y") };
  }

  const ratio = () => svg.clientHeight / svg.clientWidth || fullHeight / fullWidth;
  const zoom = () => fullWidth / view.width;
  const between = (low, value, high) => low > high ? (low + high) / 2 : Math.min(high, Math.max(low, value));

  function show() {
    view.width = between(fullWidth / CLOSEST, view.width, fullWidth);
    const height = view.width * ratio();
    view.x = between(view.width / 2, view.x, fullWidth - view.width / 2);
    view.y = between(height / 2, view.y, fullHeight - height / 2);
    svg.setAttribute("viewBox", [view.x - view.width / 2, view.y - height / 2, view.width, height].join(" "));
    svg.style.setProperty("--zoom", zoom() ** -0.75);
    part.classList.toggle("zoomed", zoom() > 1.01);
    for (const button of tools.querySelectorAll("[data-zoom]"))
      button.disabled = button.dataset.zoom > 1 ? zoom() > CLOSEST - 0.01 : zoom() < 1.01;
    showNames(height);
  }

  // The names of the dots in sight, when they are few; a name that would cover another one is left out.
  function showNames(height) {
    names.replaceChildren();
    const seen = dots.filter(dot => Math.abs(dot.x - view.x) < view.width / 2 && Math.abs(dot.y - view.y) < height / 2);
    if (zoom() < NAMES_FROM || seen.length > NAMES_MOST) return;
    const unit = view.width / svg.clientWidth, taken = [];
    svg.style.setProperty("--unit", unit);
    for (const dot of seen.reverse()) {
      const box = { x: dot.x + dot.mark.getBBox().width / 2 + 4 * unit, y: dot.y, width: dot.name.length * 6.4 * unit, height: 14 * unit };
      if (taken.some(other => box.x < other.x + other.width && other.x < box.x + box.width && Math.abs(box.y - other.y) < box.height)) continue;
      taken.push(box);
      const text = document.createElementNS(svg.namespaceURI, "text");
      text.setAttribute("x", box.x);
      text.setAttribute("y", box.y + 4 * unit);
      text.textContent = dot.name;
      names.append(text);
    }
  }

  // Magnifies so that the given place stays where it is on the screen.
  function magnify(times, x = view.x, y = view.y) {
    const width = between(fullWidth / CLOSEST, view.width / times, fullWidth);
    view.x = x + (view.x - x) * width / view.width;
    view.y = y + (view.y - y) * width / view.width;
    view.width = width;
    show();
  }

  function goTo(x, y, width, height) {
    Object.assign(view, { x: x + width / 2, y: y + height / 2, width: Math.max(width, height / ratio()) });
    show();
  }

  function tell(dot, withLink) {
    if (chosen) chosen.link.classList.remove("chosen");
    chosen = dot;
    dot.link.classList.add("chosen");
    told.replaceChildren(dot.title);
    if (!withLink) return;
    const link = document.createElement("a");
    link.className = "button";
    link.href = dot.link.getAttribute("href");
    link.textContent = `${told.dataset.open} ${dot.title.split(":")[0]}`;
    told.append(" ", link);
  }

  function focusOn(dot) {
    for (const other of svg.querySelectorAll('a[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    dot.link.setAttribute("tabindex", "0");
    dot.link.focus({ preventScroll: true });
  }

  // The nearest dot that lies in the direction, sooner one straight ahead than one aside.
  function next(from, right, down) {
    let best = null, least = Infinity;
    for (const dot of dots) {
      const ahead = (dot.x - from.x) * right + (dot.y - from.y) * down;
      const aside = Math.abs((dot.x - from.x) * down) + Math.abs((dot.y - from.y) * right);
      if (ahead > 0 && aside <= ahead * 2 && ahead + aside * 1.5 < least) [best, least] = [dot, ahead + aside * 1.5];
    }
    return best;
  }

  const place = event => {
    const box = svg.getBoundingClientRect(), unit = view.width / box.width;
    return { x: view.x + (event.clientX - box.x - box.width / 2) * unit, y: view.y + (event.clientY - box.y - box.height / 2) * unit, unit };
  };

  // On the part around the drawing: a drawing that listens for focus becomes a stop of the Tab key in Chromium.
  part.addEventListener("focusin", event => {
    const dot = dots.find(dot => dot.link === event.target);
    if (!dot) return;
    tell(dot, false);
    const height = view.width * ratio();
    if (Math.abs(dot.x - view.x) > view.width * 0.46 || Math.abs(dot.y - view.y) > height * 0.46) {
      Object.assign(view, { x: dot.x, y: dot.y });
      show();
    }
  });

  const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  part.addEventListener("keydown", event => {
    const dot = dots.find(dot => dot.link === document.activeElement);
    if (!dot || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in STEPS) focusOn(next(dot, ...STEPS[event.key]) ?? dot);
    else if (event.key === "+" || event.key === "=") { Object.assign(view, { x: dot.x, y: dot.y }); magnify(2); }
    else if (event.key === "-") magnify(0.5, dot.x, dot.y);
    else if (event.key === "Home") goTo(0, 0, fullWidth, fullHeight);
    else return;
    event.preventDefault();
  });

  tools.addEventListener("click", event => {
    const { zoom: times, view: box } = event.target.closest("button")?.dataset ?? {};
    if (times) magnify(Number(times));
    if (box) goTo(...box.split(" ").map(Number));
  });

  // A plain wheel scrolls the page; with Ctrl (which a trackpad's pinch sends too) it magnifies.
  svg.addEventListener("wheel", event => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x, y } = place(event);
    magnify(Math.exp(-event.deltaY / 200), x, y);
  }, { passive: false });

  svg.addEventListener("pointerdown", event => {
    fingers.set(event.pointerId, event);
    if (fingers.size === 1) dragged = false;
    pinch = 0;
  });
  svg.addEventListener("pointermove", event => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    if (!dragged && Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY) < 5) return;
    if (!dragged && (zoom() > 1.01 || fingers.size > 1)) { dragged = true; svg.setPointerCapture(event.pointerId); }
    fingers.set(event.pointerId, event);
    const { unit } = place(event);
    if (fingers.size === 2) {
      const [one, two] = [...fingers.values()];
      const apart = Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
      const middle = place({ clientX: (one.clientX + two.clientX) / 2, clientY: (one.clientY + two.clientY) / 2 });
      if (pinch) magnify(apart / pinch, middle.x, middle.y);
      pinch = apart;
    } else if (dragged) {
      view.x -= (event.clientX - before.clientX) * unit;
      view.y -= (event.clientY - before.clientY) * unit;
      show();
    }
  });
  const lift = event => { fingers.delete(event.pointerId); pinch = 0; };
  svg.addEventListener("pointerup", lift);
  svg.addEventListener("pointercancel", lift);
  svg.addEventListener("dragstart", event => event.preventDefault());
  svg.addEventListener("pointerover", event => {
    const dot = event.pointerType === "mouse" && dots.find(dot => dot.link.contains(event.target));
    if (dot) tell(dot, false);
  });

  // A finger is larger than a dot: a tap chooses the nearest one and offers to open it.
  svg.addEventListener("click", event => {
    if (dragged) event.preventDefault();
    if (dragged || event.pointerType !== "touch") return;
    event.preventDefault();
    const { x, y, unit } = place(event);
    const far = dot => Math.hypot(dot.x - x, dot.y - y);
    const nearest = dots.reduce((best, dot) => far(dot) < far(best) ? dot : best);
    if (far(nearest) < FINGER * unit) tell(nearest, true);
  });
}
