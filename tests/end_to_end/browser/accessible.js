// What keeps a reader out of a page, found in its document: names, labels, landmarks, order, contrast.
(() => {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: false });
  const where = (element) => {
    const opening = element.outerHTML.slice(0, 140).replace(/\s+/g, " ");
    return opening.length < 140 ? opening : opening + "…";
  };
  const fault = (what, element) => faults.push(element ? `${what}: ${where(element)}` : what);
  const words = (element) => (element ? element.textContent.replace(/\s+/g, " ").trim() : "");
  const referred = (element, attribute) =>
    (element.getAttribute(attribute) || "").split(/\s+/).map((id) => words(document.getElementById(id))).join(" ").trim();
  const named = (element) =>
    referred(element, "aria-labelledby") || (element.getAttribute("aria-label") || "").trim();
  const hidden = (element) => element.closest("[aria-hidden=true], [hidden]") !== null;

  // The document itself.
  if (!document.documentElement.lang) fault("no language");
  if (!document.title.trim()) fault("no title");
  const viewport = document.querySelector("meta[name=viewport]");
  if (/user-scalable\s*=\s*no|maximum-scale/.test(viewport?.content || "")) fault("zoom is forbidden", viewport);
  const mains = all("main, [role=main]").filter(shown);
  if (mains.length !== 1) fault(`${mains.length} main landmarks`);
  const landmarks = "main, nav, header, footer, aside, [role=region], [role=main], [role=search], [role=navigation]";
  for (const child of document.body.children) {
    const inside = child.matches(landmarks) || child.querySelector("main") || child.matches("a[href^='#'], script, template");
    if (!inside && shown(child) && words(child)) fault("content outside of all landmarks", child);
  }
  const navs = all("nav, aside").filter(shown);
  if (navs.length > 1) navs.filter((nav) => !named(nav)).forEach((nav) => fault("one of several navs without name", nav));

  // Headings.
  let level = 0;
  const headings = all("h1, h2, h3, h4, h5, h6").filter(shown);
  if (headings.filter((heading) => heading.tagName === "H1").length !== 1) fault("not one h1");
  for (const heading of headings) {
    const next = Number(heading.tagName[1]);
    if (!words(heading)) fault("an empty heading", heading);
    if (next > level + 1) fault(`h${next} follows h${level}`, heading);
    level = next;
  }

  // Names of what can be operated or seen.
  for (const image of all("img")) if (!image.hasAttribute("alt")) fault("an image without words", image);
  for (const drawing of all("svg")) {
    if (hidden(drawing)) continue;
    const name = named(drawing) || words(drawing.querySelector(":scope > title"));
    if (drawing.getAttribute("role") !== "img" || !name) fault("a drawing without name", drawing);
  }
  for (const field of all("input:not([type=hidden], [type=submit], [type=button]), select, textarea")) {
    if (!named(field) && ![...(field.labels || [])].some((label) => words(label))) fault("a field without label", field);
  }
  for (const operable of all("a[href], button, summary, [role=button], [role=link]")) {
    const pictured = [...operable.querySelectorAll("img[alt], svg")].map((p) => p.getAttribute("alt") || named(p)).join("");
    if (!words(operable) && !named(operable) && !pictured && !operable.title) fault("nothing to call it by", operable);
    if (operable.querySelector("a[href], button, input, select, textarea")) fault("operable inside operable", operable);
  }
  for (const element of all("[tabindex]")) if (element.tabIndex > 0) fault("an order of its own", element);
  for (const element of all("[aria-hidden=true]")) {
    const reached = [element, ...element.querySelectorAll("a[href], button, input, select, [tabindex]")];
    if (reached.some((inner) => inner.tabIndex >= 0 && inner.matches("a[href], button, input, select, [tabindex]") && shown(inner)))
      fault("hidden from some, but reached by the keyboard", element);
  }
  for (const box of all("*")) {
    const style = getComputedStyle(box);
    const scrolls = /auto|scroll/.test(style.overflowX) && box.scrollWidth > box.clientWidth + 1;
    const falls = /auto|scroll/.test(style.overflowY) && box.scrollHeight > box.clientHeight + 1;
    const reached = box.tabIndex >= 0 || box.querySelector("a[href], button, input, select, summary, [tabindex='0']");
    if ((scrolls || falls) && box !== document.documentElement && shown(box) && !reached)
      fault("it scrolls, but not by keyboard", box);
  }

  // References.
  const seen = new Set();
  for (const element of all("[id]")) {
    if (seen.has(element.id)) fault(`the id ${element.id} twice`, element);
    seen.add(element.id);
  }
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for"]) {
    for (const element of all(`[${attribute}]`)) {
      const missing = element.getAttribute(attribute).split(/\s+/).filter((id) => id && !seen.has(id));
      if (missing.length) fault(`${attribute} names ${missing} that is not there`, element);
    }
  }
  for (const link of all("a[href^='#']")) {
    const id = decodeURIComponent(link.getAttribute("href").slice(1));
    if (id && !seen.has(id)) fault("a link to nowhere", link);
  }

  // Tables and lists.
  for (const table of all("table")) {
    if (table.matches("[role=presentation], [role=none]")) continue;
    if (!table.querySelector("th")) fault("a table without headers", table);
    if (!table.caption && !named(table) && !table.closest("section, figure, details, div[role=region]"))
      fault("a table without name", table);
  }
  for (const list of all("ul, ol")) {
    const strange = [...list.children].find((child) => !child.matches("li, script, template"));
    if (strange) fault("not an item, but in a list", strange);
  }

  // Contrast of text with what is behind it.
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      ink.clearRect(0, 0, 1, 1);
      ink.fillStyle = "rgba(0,0,0,0)";
      ink.fillStyle = colour;
      ink.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = ink.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = (top, bottom) => [0, 1, 2].map((i) => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
  const canvasColour = () => rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark")
    && matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18,18,18)" : "rgb(255,255,255)");
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((bottom, top) => over(top, bottom), canvasColour());
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const judged = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || judged.has(element)) continue;
    judged.add(element);
    if (element.closest("script, style, template, svg title, svg desc, option") || !shown(element)) continue;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue;
    const back = behind(element);
    const front = over(rgba(element.closest("svg") ? style.fill : style.color), back);
    const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) fault(`contrast ${ratio.toFixed(2)} (${front.map(Math.round)} on ${back.map(Math.round)})`, element);
  }
  return [...new Set(faults)];
})()
