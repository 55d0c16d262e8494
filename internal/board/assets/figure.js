// Single figures: large numbers, and the gauge.

import { make, svg } from './dom.js';
import { exact, format, parts } from './format.js';
import { levelOf, textOf, unitOf, valueOf } from './fields.js';

/** The numbers of the first row: the first large, the others small beside it. */
export function stat(panel, fields, options) {
  const box = make('div', { class: 'figure' });
  const shown = figures(fields);
  shown.forEach((field, i) => box.append(number(panel, field, i === 0, shown.length > 1, options)));
  if (options.trend) box.append(sparkline(options.trend));
  return box;
}

// Numbers are the figures; a panel without any shows its text.
function figures(fields) {
  const numbers = fields.filter((field) => field.type === 'number' || field.type === 'time');
  return numbers.length ? numbers : fields;
}

function number(panel, field, large, named, options) {
  const value = valueOf(field, 0);
  const text = textOf(value, field.texts);
  const level = text?.level ?? levelOf(value, field.thresholds.length ? field.thresholds : large ? panel.thresholds ?? [] : []);
  const wei = field.exact?.[0] ?? (large ? options.wei : undefined);
  const p = text ? { text: text.text, suffix: '' } : parts(value, unitOf(field), field.decimals);
  const precise = wei && options.exact;
  return make('p', { class: (large ? 'value' : 'value small') + (precise ? ' exact' : ''), 'data-level': level || null, title: wei ? `${exact(wei)} ${p.suffix} exactly: ${wei} wei` : null },
    make('span', { class: 'number' }, ...(precise ? breakable(exact(wei)) : [p.text])),
    p.suffix ? make('span', { class: 'unit' }, ' ' + p.suffix) : null,
    named && field.title !== p.suffix ? make('span', { class: 'name' }, (large ? '' : ' ') + field.title) : null);
}

// Long digits may break after the point, and nowhere else.
const breakable = (digits) => digits.split('.').flatMap((part, i) => (i === 0 ? [part] : ['.', make('wbr'), part]));

/** A small line of how the figure came about. */
function sparkline(columns) {
  const values = columns[columns.length - 1].values.map((v) => (typeof v === 'number' ? v : null));
  const known = values.filter((v) => v !== null);
  if (known.length < 2) return '';
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const points = values
    .map((v, i) => (v === null ? null : `${((i / (values.length - 1)) * 100).toFixed(2)},${(28 - ((v - low) / span) * 26).toFixed(2)}`))
    .filter((p) => p !== null);
  return svg('svg', { class: 'spark', viewBox: '0 0 100 30', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('polygon', { points: `0,30 ${points.join(' ')} 100,30` }),
    svg('polyline', { points: points.join(' '), 'vector-effect': 'non-scaling-stroke' }));
}

/** The first number on a half circle between the panel's bounds. */
export function gauge(panel, fields) {
  const [field, ...others] = figures(fields);
  const value = valueOf(field, 0);
  const min = panel.min ?? 0;
  const max = panel.max ?? 1;
  const share = typeof value === 'number' ? Math.min(Math.max((value - min) / (max - min), 0), 1) : 0;
  const label = format(value, unitOf(field), field.decimals);
  const level = levelOf(value, panel.thresholds ?? []);
  const at = (v) => Math.min(Math.max((v - min) / (max - min), 0), 1);
  const bands = (panel.thresholds ?? []).map((threshold, i, all) => arc(54, 4,
    i === 0 ? 0 : at(threshold.from), i + 1 < all.length ? at(all[i + 1].from) : 1, { class: 'band', 'data-level': threshold.level }));
  const drawing = svg('svg', { class: 'dial', viewBox: '0 0 120 70', role: 'img',
    'aria-label': `${label}, on a scale from ${format(min, field.unit, 0)} to ${format(max, field.unit, 0)}` },
    arc(46, 11, 0, 1, { class: 'track' }), arc(46, 11, 0, share, { class: 'reach', 'data-level': level }), ...bands);
  const text = svg('text', { x: 60, y: 58, 'text-anchor': 'middle', class: 'reading' });
  text.textContent = label;
  drawing.append(text);
  const box = make('div', { class: 'figure gauge' });
  box.append(drawing);
  others.forEach((other) => box.append(number(panel, other, false, true, {})));
  return box;
}

// A piece of the half circle from share a to share b.
function arc(radius, width, a, b, attributes) {
  const point = (share) => {
    const angle = Math.PI * (1 - share);
    return `${(60 + radius * Math.cos(angle)).toFixed(3)} ${(62 - radius * Math.sin(angle)).toFixed(3)}`;
  };
  return svg('path', { d: b > a ? `M${point(a)} A${radius} ${radius} 0 0 1 ${point(b)}` : '', fill: 'none', 'stroke-width': width, ...attributes });
}
