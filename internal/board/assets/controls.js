// Time range, refresh, exact figures and the dashboard's own choices.

import { make } from './dom.js';
import { change, current } from './state.js';

const ranges = [
  ['now-1h', 'Last hour'], ['now-6h', 'Last 6 hours'], ['now-24h', 'Last 24 hours'], ['now-7d', 'Last 7 days'],
  ['now-30d', 'Last 30 days'], ['now-90d', 'Last 90 days'], ['now-1y', 'Last year'], ['now-2y', 'Last two years'],
];

const paces = [['live', 'Live'], ['5s', 'Every 5 s'], ['10s', 'Every 10 s'], ['30s', 'Every 30 s'], ['1m', 'Every minute'], ['5m', 'Every 5 min'], ['off', 'Off']];

/** Fills the form and keeps it in step with the state. */
export class Controls {
  constructor(form, dashboard) {
    Object.assign(this, { form, dashboard });
    this.choices = {};
    form.addEventListener('submit', (event) => event.preventDefault());
    for (const variable of dashboard.variables) if (variable.choices) this.load(variable);
    this.draw();
  }

  async load(variable) {
    try {
      const answer = await fetch(variable.choices);
      const body = await answer.json();
      if (!answer.ok) throw new Error(body.error);
      this.choices[variable.name] = body.choices;
      // As Grafana does: without a choice or a default, the first of the list.
      const chosen = current().variables[variable.name];
      if (!chosen && !variable.multi && !variable.default && body.choices.length > 0) {
        change({ variables: { ...current().variables, [variable.name]: [body.choices[0].value] } }, { step: false });
      }
    } catch (error) {
      this.choices[variable.name] = [];
      this.failed = { ...this.failed, [variable.name]: error.message };
    }
    this.draw();
  }

  draw() {
    const state = current();
    const active = document.activeElement?.name;
    this.form.replaceChildren(
      ...this.dashboard.variables.map((variable) => this.variable(variable, state.variables[variable.name] ?? [])),
      this.range(state),
      field('Refresh', select('refresh', paces, state.refresh, (value) => change({ refresh: value }, { step: false }))),
      this.exact(state),
    );
    if (active) this.form.elements[active]?.focus();
  }

  range(state) {
    const from = state.from || this.dashboard.from;
    const to = state.to || 'now';
    const fixed = to !== 'now' || !from.startsWith('now-');
    const known = ranges.some(([value]) => value === from);
    const list = [...ranges];
    if (!fixed && !known) list.unshift([from, 'Last ' + from.slice(4)]);
    list.push(['custom', 'From … to …']);
    const pick = select('range', list, fixed || this.custom ? 'custom' : from, (value) => {
      this.custom = value === 'custom';
      if (this.custom) this.draw();
      else change({ from: value === this.dashboard.from ? '' : value, to: '' });
    });
    const parts = [field('Time', pick)];
    if (fixed || this.custom) {
      const start = moment('from', from);
      const end = moment('to', to);
      const apply = () => {
        if (!start.value || !end.value) return;
        this.custom = false;
        change({ from: String(Date.parse(start.value + 'Z')), to: String(Date.parse(end.value + 'Z')) });
      };
      start.addEventListener('change', apply);
      end.addEventListener('change', apply);
      parts.push(field('From', start), field('to', end));
    }
    return make('span', { class: 'range' }, ...parts);
  }

  exact(state) {
    const box = make('input', { type: 'checkbox', name: 'exact', checked: state.exact });
    box.addEventListener('change', () => change({ exact: box.checked }, { step: false }));
    return make('label', { class: 'check', title: 'Show amounts to the last wei where they are known' }, box, 'Exact');
  }

  variable(variable, values) {
    const set = (chosen) => change({ variables: { ...current().variables, [variable.name]: chosen.filter(Boolean) } });
    const choices = this.choices[variable.name];
    if (variable.multi) return this.several(variable, values, choices ?? [], set);
    if (variable.choices && !variable.custom) {
      const list = (choices ?? []).map((c) => [c.value, c.label]);
      for (const value of values) if (!list.some(([known]) => known === value)) list.push([value, value]);
      return field(variable.label, select('var-' + variable.name, list, values[0] ?? variable.default ?? '', (value) => set([value])), variable.description);
    }
    const input = make('input', {
      type: 'text', name: 'var-' + variable.name, value: values[0] ?? variable.default ?? '', pattern: variable.pattern,
      autocomplete: 'off', spellcheck: false, class: 'variable', title: variable.description,
    });
    input.addEventListener('change', () => {
      if (input.reportValidity()) set([input.value.trim()]);
    });
    if (!choices?.length) return field(variable.label, input, variable.description);
    const id = 'list-' + variable.name;
    input.setAttribute('list', id);
    return field(variable.label, input, variable.description, make('datalist', { id }, ...choices.map((c) => make('option', { value: c.value, label: c.label }))));
  }

  // A list to tick: none ticked means all.
  several(variable, values, choices, set) {
    const list = [...choices, ...values.filter((v) => !choices.some((c) => c.value === v)).map((v) => ({ value: v, label: v }))];
    const boxes = list.map((c) => {
      const box = make('input', { type: 'checkbox', value: c.value, checked: values.includes(c.value) });
      box.addEventListener('change', () => set(boxes.filter((b) => b.checked).map((b) => b.value)));
      return box;
    });
    const all = make('button', { type: 'button' }, 'All');
    all.addEventListener('click', () => set([]));
    const words = values.length === 0 ? 'All' : values.length === 1 ? values[0] : `${values.length} chosen`;
    const details = make('details', { class: 'several', open: this.opened === variable.name, title: variable.description },
      make('summary', {}, make('span', { class: 'label' }, variable.label), ' ', words, ' ▾'),
      make('div', { class: 'ticks' }, all, ...list.map((c, i) => make('label', {}, boxes[i], c.label))));
    // Drawn anew with every tick, it stays open until it is closed.
    details.addEventListener('toggle', () => { this.opened = details.open ? variable.name : undefined; });
    return details;
  }
}

function field(label, control, title, extra) {
  return make('label', { title: title || null }, make('span', { class: 'label' }, label), control, extra ?? null);
}

function select(name, options, value, chosen) {
  const element = make('select', { name }, ...options.map(([v, label]) => make('option', { value: v, selected: v === value }, label)));
  element.addEventListener('change', () => chosen(element.value));
  return element;
}

function moment(name, value) {
  const date = /^\d+$/.test(value) ? new Date(Number(value)) : value.startsWith('now') ? shifted(value) : new Date(value);
  return make('input', { type: 'datetime-local', name, title: 'UTC', value: Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 16) });
}

// now-30d as a date, near enough to begin editing from.
function shifted(value) {
  const [, n, unit] = /^now-(\d+)([smhdwMy])$/.exec(value) ?? [null, '0', 's'];
  const seconds = { s: 1, m: 60, h: 3600, d: 86400, w: 604800, M: 2592000, y: 31536000 }[unit];
  return new Date(Date.now() - Number(n) * seconds * 1000);
}
