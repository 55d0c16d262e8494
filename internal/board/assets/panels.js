// A panel on the page: what state it is in, and who draws it.

import { make } from './dom.js';
import { fieldsOf } from './fields.js';
import { gauge, stat } from './figure.js';
import { table } from './table.js';
import { categories } from './categories.js';
import { Chart } from './chart.js';

const charts = new Set(['lines', 'bars', 'curve']);

const overTime = new Set(['lines', 'bars']);

/** One panel. options: explorer, wallet, exact, zoom(from, to). */
export class Panel {
  constructor(definition, element, options) {
    Object.assign(this, { definition, element, options });
    this.body = element.querySelector('.body');
    this.sorting = {};
    this.flip = element.querySelector('.flip');
    this.flip.hidden = definition.kind === 'table';
    this.flip.addEventListener('click', () => {
      this.rows = !this.rows;
      // Of what happened over time the newest comes first.
      if (overTime.has(definition.kind)) this.sorting = { column: 'time', down: true };
      this.flip.setAttribute('aria-pressed', String(this.rows));
      this.draw();
    });
  }

  /** Takes what the stream brought. */
  take(data) {
    this.data = data;
    this.draw();
  }

  /** Takes the range of time and the marks, which only charts show. */
  place(range, marks) {
    this.range = range;
    this.marks = marks;
    if (this.chart && this.data) this.draw();
  }

  /** Forgets what it shows: the choice has changed. */
  wait() {
    this.data = undefined;
    this.state('loading');
  }

  restyle() {
    this.chart?.restyle();
    if (this.definition.kind === 'categories') this.draw();
  }

  state(name) {
    this.element.dataset.state = name;
    this.element.setAttribute('aria-busy', String(name === 'loading'));
  }

  draw() {
    if (!this.data) return;
    if (this.data.error) return this.message('error', this.data.error);
    const fields = fieldsOf(this.definition, this.data.columns);
    const empty = fields.length === 0 || fields[0].values.length === 0
      || (isFigure(this.definition) && fields.every((field) => field.values[0] === null));
    if (empty) return this.message('empty', this.definition.no_value);
    const kind = this.rows ? 'table' : this.definition.kind;
    if (charts.has(kind)) this.drawChart(fields);
    else this.replace(this.content(kind, fields));
    this.state('ready');
  }

  content(kind, fields) {
    const options = { ...this.options(), trend: this.data.trend, wei: this.data.exact, truncated: this.data.truncated, redraw: () => this.draw() };
    switch (kind) {
      case 'stat': return stat(this.definition, fields, options);
      case 'gauge': return gauge(this.definition, fields);
      case 'categories': return categories(this.definition, fields);
      // A kind that nobody here can draw is shown as its rows.
      default: return table(this.definition, fields, options, this.sorting);
    }
  }

  drawChart(fields) {
    if (!this.chart) {
      this.body.replaceChildren();
      this.chart = new Chart(this.definition, this.body, this.options());
    }
    this.chart.draw(fields, this.range, this.marks, this.data.interval);
  }

  message(state, words) {
    this.replace(make('p', { class: 'message' }, words));
    this.state(state);
  }

  // The place in a table is kept: rows change under the reader, not the view.
  replace(content) {
    this.chart?.destroy();
    this.chart = undefined;
    const before = this.body.querySelector('.scroll');
    const [top, left] = [before?.scrollTop ?? 0, before?.scrollLeft ?? 0];
    const focused = focusedColumn(this.body);
    this.body.replaceChildren(content);
    const after = this.body.querySelector('.scroll');
    if (after && before) Object.assign(after, { scrollTop: top, scrollLeft: left });
    if (focused >= 0) this.body.querySelectorAll('th button')[focused]?.focus();
  }
}

const isFigure = (definition) => definition.kind === 'stat' || definition.kind === 'gauge';

const focusedColumn = (body) => [...body.querySelectorAll('th button')].indexOf(document.activeElement);
