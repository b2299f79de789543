"""What tests of pages ask a browser about texts."""

# Every text that is seen, its contrast with what lies under it, and its size.
TEXTS = """
const parse = c => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
  .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const under = e => {
  for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
};
return [...document.querySelectorAll("body *")].filter(e => e.getClientRects().length
    && !["SCRIPT", "STYLE", "TITLE", "title"].includes(e.tagName)
    && [...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim())).map(e => {
  const style = getComputedStyle(e);
  const [a, b] = [light(parse(e.namespaceURI.endsWith("svg") ? style.fill : style.color)),
                  light(under(e))];
  return [e.outerHTML.slice(0, 90), (Math.max(a, b) + .05) / (Math.min(a, b) + .05),
          parseFloat(style.fontSize)];
})
"""
