// A bar for each row and number, from left to right, so that labels can be read.

import { make } from './dom.js';
import { format } from './format.js';
import { colour } from './theme.js';
import { unitOf, valueOf } from './fields.js';

/** The first column names the rows; every number is a bar. */
export function categories(panel, fields) {
  const [label, ...rest] = fields;
  const bars = rest.filter((field) => field.type === 'number');
  const most = Math.max(...bars.flatMap((field) => field.values.map((v) => Math.abs(v ?? 0))), Number.MIN_VALUE);
  const list = make('div', { class: 'scroll ranks', tabIndex: 0, role: 'list', 'aria-label': panel.title });
  label.values.forEach((name, row) => {
    const group = make('div', { class: 'lengths' });
    bars.forEach((field) => {
      const value = valueOf(field, row);
      const bar = make('span', { class: 'length' });
      bar.style.width = `${(Math.abs(value ?? 0) / most) * 100}%`;
      bar.style.background = colour(field.colour);
      group.append(make('div', { title: field.title }, bar,
        make('span', { class: 'amount' }, format(value, unitOf(field), field.decimals)), make('span', { class: 'unseen' }, ' ' + field.title)));
    });
    list.append(make('div', { class: 'category', role: 'listitem' }, make('span', { class: 'label', title: String(name) }, String(name)), group));
  });
  const legend = make('div', { class: 'legend' }, ...bars.map((field) => {
    const swatch = make('span', { class: 'swatch' });
    swatch.style.background = colour(field.colour);
    return make('span', { class: 'item' }, swatch, field.title);
  }));
  return make('div', { class: 'stacked' }, make('p', { class: 'axis' }, label.title), list, bars.length > 1 ? legend : null);
}
