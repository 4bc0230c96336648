const faults = [];
const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('[hidden], [aria-hidden=true]');
const say = (e, what) => faults.push(`${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}.${e.className}: ${what}`);
const all = (css) => [...document.querySelectorAll(css)].filter(shown);
const name = (e) => (e.getAttribute('aria-label') || (e.getAttribute('aria-labelledby') || '').split(' ').map((id) => (document.getElementById(id) || {}).textContent || '').join(' ') || e.textContent || e.title || '').trim();

if (!document.documentElement.lang) say(document.documentElement, 'no language');
if (!document.documentElement.dir) say(document.documentElement, 'no direction');
if (!document.title.trim()) say(document.documentElement, 'no title');
if (all('main').length !== 1) say(document.body, 'needs one main');
const firsts = [...document.querySelectorAll('h1')].filter((h) => !h.closest('[hidden]'));
if (firsts.length !== 1) say(document.body, 'needs one first heading');
let level = 0;
document.querySelectorAll('h1, h2, h3, h4, h5, h6').forEach((h) => {
  const own = Number(h.tagName[1]);
  if (own > level + 1) say(h, `skips from heading ${level} to ${own}`);
  level = own;
});
const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
ids.filter((id, n) => ids.indexOf(id) !== n).forEach((id) => faults.push(`id ${id} is used twice`));
all('input:not([type=hidden]), select, textarea').forEach((e) => {
  if (!(e.labels && e.labels.length && name(e.labels[0])) && !e.getAttribute('aria-label')) say(e, 'no label');
  if (e.placeholder) say(e, 'a placeholder is no label');
  if (e.getBoundingClientRect().height < 44 && !e.classList.contains('unseen')) say(e, 'lower than 44 px');
});
all('button, a[href], summary').forEach((e) => { if (!name(e)) say(e, 'no name'); });
all('img').forEach((e) => { if (!e.hasAttribute('alt')) say(e, 'no alternative'); });
all('iframe').forEach((e) => { if (!e.title) say(e, 'no title'); });
all('a[href^="#"]').forEach((e) => { if (!document.getElementById(e.hash.slice(1))) say(e, 'leads nowhere'); });
all('nav, [role=region], [role=log]').forEach((e) => { if (!e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')) say(e, 'no name'); });
document.querySelectorAll('[aria-describedby], [aria-labelledby]').forEach((e) => {
  `${e.getAttribute('aria-describedby') || ''} ${e.getAttribute('aria-labelledby') || ''}`.trim().split(/\s+/)
    .forEach((id) => { if (!document.getElementById(id)) say(e, `${id} does not exist`); });
});
// Targets of at least 24 by 24 px (WCAG 2.2, 2.5.8); links inside sentences are exempt.
all('button, a[href], summary').forEach((e) => {
  const r = e.getBoundingClientRect();
  if (e.closest('p, li, .skip') && e.tagName === 'A' && !e.classList.contains('button')) return;
  if (!e.classList.contains('skip') && (r.width < 24 || r.height < 24)) say(e, `target of ${Math.round(r.width)} by ${Math.round(r.height)} px`);
});

// Contrast of every text with what is painted behind it (1.4.3): 4.5, or 3 for large text.
const rgba = (text) => { const n = text.match(/[\d.]+/g).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
const over = (top, under) => top.slice(0, 3).map((c, n) => c * top[3] + under[n] * (1 - top[3])).concat(1);
const behind = (e) => {
  const layers = [];
  for (let at = e; at; at = at.parentElement) { const c = rgba(getComputedStyle(at).backgroundColor); layers.push(c); if (c[3] === 1) break; }
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
};
const luminance = (c) => { const l = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const e = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || !shown(e) || e.closest('.unseen, .skip, noscript, script, button[disabled]')) continue;
  const style = getComputedStyle(e);
  const ground = behind(e);
  const ratio = contrast(over(rgba(style.color), ground), ground);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (large ? 3 : 4.5)) say(e, `contrast ${ratio.toFixed(2)} of “${walker.currentNode.textContent.trim().slice(0, 30)}”`);
}
// Borders of fields (1.4.11): 3.
all('input:not([type=hidden])').filter((e) => !e.classList.contains('unseen')).forEach((e) => {
  const ratio = contrast(rgba(getComputedStyle(e).borderTopColor), behind(e.parentElement));
  if (ratio < 3) say(e, `border contrast ${ratio.toFixed(2)}`);
});
return faults;
