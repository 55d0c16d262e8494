// Rows, sortable by every column, with links to where the values lead.

import { make } from './dom.js';
import { exact, format, shortHash, time } from './format.js';
import { levelOf, textOf, unitOf, valueOf } from './fields.js';
import { search } from './state.js';

/** A table of all fields. sorting remembers the viewer's order from draw to draw. */
export function table(panel, fields, options, sorting) {
  const rows = fields.length ? fields[0].values.length : 0;
  const order = Array.from({ length: rows }, (_, i) => i);
  const sorted = fields.find((field) => field.name === sorting.column);
  if (sorted) order.sort((a, b) => compare(sorted.values[a], sorted.values[b], sorted.type) * (sorting.down ? -1 : 1));
  const head = make('tr', {}, ...fields.map((field) => header(field, sorting, options)));
  const body = make('tbody', {}, ...order.map((row) => make('tr', {}, ...fields.map((field) => cell(field, row, options)))));
  const box = make('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': panel.title },
    make('table', {}, make('thead', {}, head), body));
  if (options.truncated) box.append(make('p', { class: 'more' }, 'There are more rows than are shown.'));
  return box;
}

function header(field, sorting, options) {
  const active = sorting.column === field.name;
  const button = make('button', { type: 'button', title: 'Sort by ' + field.title }, field.title, make('span', { 'aria-hidden': 'true', class: 'arrow' }, active ? (sorting.down ? '▾' : '▴') : ''));
  button.addEventListener('click', () => {
    // Numbers are looked at from the largest, text from A.
    sorting.down = active ? !sorting.down : field.type !== 'text';
    sorting.column = field.name;
    options.redraw();
  });
  return make('th', { scope: 'col', class: kindOf(field), 'aria-sort': active ? (sorting.down ? 'descending' : 'ascending') : 'none' }, button);
}

const kindOf = (field) => (field.type === 'number' && field.unit !== 'text' ? 'right' : field.type === 'whole' ? 'right wei' : 'left');

// Nothing sorts last in both directions it is read from: null is less than all.
function compare(a, b, type) {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  if (type === 'whole') {
    const [x, y] = [BigInt(a), BigInt(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b));
}

function cell(field, row, options) {
  const raw = field.values[row] ?? null;
  const text = textOf(raw, field.texts);
  const wei = field.exact?.[row];
  const out = make('td', { class: kindOf(field), 'data-level': text?.level ?? (levelOf(raw, field.thresholds) || null), title: wei ? `${exact(wei)}: ${wei} wei` : null });
  const shown = text?.text ?? (wei && options.exact ? exact(wei) : words(field, row, raw));
  if (raw === null || raw === '' || !field.link) out.append(shown);
  else out.append(...links(field.link, String(raw), shown, options));
  if (!out.title && typeof raw === 'string' && raw !== shown) out.title = raw;
  return out;
}

function words(field, row, raw) {
  if (raw === null) return '–';
  if (field.type === 'time') return time(raw);
  if (typeof raw === 'object') return JSON.stringify(raw);
  if (typeof raw === 'boolean') return raw ? 'yes' : 'no';
  if (typeof raw === 'string') return shortHash(raw);
  return format(valueOf(field, row), unitOf(field), field.decimals);
}

function links(link, raw, shown, options) {
  const path = { transaction: 'tx', block: 'block', address: 'address', wallet: 'address' }[link];
  const outside = (label, content) => make('a', { href: `${options.explorer}/${path}/${encodeURIComponent(raw)}`, target: '_blank', rel: 'noopener noreferrer', title: `${raw}: open in the explorer`, 'aria-label': label }, content);
  if (link !== 'wallet' || !options.wallet) return [outside(null, shown)];
  const inside = make('a', { href: walletLink(options.wallet, raw), title: `${raw}: open the wallet` }, shown);
  return [inside, ' ', outside(`Open ${raw} in the explorer`, '↗')];
}

function walletLink(page, address) {
  const kept = new URLSearchParams(search());
  kept.set('var-wallet', address);
  return `${page}?${kept}`;
}
