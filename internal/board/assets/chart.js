// Lines, stacked bars and the curve, drawn by uPlot.

import { make } from './dom.js';
import { axisLabels, format, logLabels, time, timeLabels } from './format.js';
import { colour } from './theme.js';
import { valueOf } from './fields.js';
import { linearRange, logRange, logSteps, niceSteps } from './scales.js';

const uPlot = globalThis.uPlot;
const sync = uPlot.sync('time');
const font = '11px system-ui, sans-serif';

/** A chart that keeps itself as wide as its box and takes new data. */
export class Chart {
  constructor(panel, box, options) {
    Object.assign(this, { panel, box, options });
    this.hidden = new Set();
    this.plot = make('div', { class: 'plot', tabIndex: 0, role: 'img' });
    this.legend = make('div', { class: 'legend' });
    this.box.append(make('div', { class: 'stacked' }, this.plot, this.legend));
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.plot);
    this.plot.addEventListener('keydown', (event) => this.key(event));
  }

  /** Takes the fields of new data, the range of time and the marks on it. */
  draw(fields, range, marks, interval) {
    Object.assign(this, { fields, range, marks, interval });
    const [x, ...rest] = fields;
    this.x = x;
    this.series = rest.filter((field) => field.type === 'number');
    // What was drawn last lies on top: of several curves the first is the one that counts.
    if (!this.overTime) this.series = [...this.series.filter((f) => !f.points).reverse(), ...this.series.filter((f) => f.points)];
    const shape = JSON.stringify([this.series.map((s) => s.name), [...this.hidden]]);
    if (this.u && shape === this.shape) {
      this.u.setData(this.data());
    } else {
      this.shape = shape;
      this.build();
    }
    this.say(null);
  }

  /** Draws anew: colours have changed. */
  restyle() {
    if (!this.fields) return;
    this.build();
    this.say(null);
  }

  destroy() {
    this.watch.disconnect();
    if (this.u) sync.unsub(this.u);
    this.u?.destroy();
  }

  get bars() {
    return this.panel.kind === 'bars';
  }

  get overTime() {
    return this.panel.kind !== 'curve';
  }

  // Bars stand on each other: what is drawn is the sum so far, up or down.
  data() {
    const up = this.x.values.map(() => 0);
    const down = this.x.values.map(() => 0);
    this.base = [];
    const ys = this.series.map((field, i) => {
      if (!this.bars || field.line || this.hidden.has(field.name)) return field.values;
      this.base[i] = field.values.map((v, row) => (v < 0 ? down : up)[row]);
      return field.values.map((v, row) => {
        const pile = v < 0 ? down : up;
        pile[row] += v ?? 0;
        return v === null ? null : pile[row];
      });
    });
    return [this.x.values, ...ys];
  }

  build() {
    if (this.u) sync.unsub(this.u);
    this.u?.destroy();
    this.plot.replaceChildren();
    const text = colour('muted');
    const grid = { stroke: colour('grid'), width: 1 };
    const axis = { stroke: text, grid, ticks: { show: false }, font };
    const right = this.series.some((field) => field.right);
    const options = {
      width: Math.max(this.plot.clientWidth, 50), height: Math.max(this.plot.clientHeight, 80),
      padding: [8, 12, 0, 0], legend: { show: false }, tzDate: (ts) => uPlot.tzDate(new Date(ts * 1e3), 'Etc/UTC'),
      scales: { x: { time: this.overTime, range: (u, min, max) => this.xRange(min, max) }, y: this.scale(false), right: this.scale(true) },
      axes: [this.xAxis(axis), this.yAxis(axis, false), ...(right ? [this.yAxis({ ...axis, grid: { show: false } }, true)] : [])],
      series: [{}, ...this.series.map((field, i) => this.line(field, i))],
      cursor: {
        sync: this.overTime ? { key: 'time', setSeries: false } : undefined,
        drag: { x: this.overTime, y: false, setScale: false }, points: { size: 7 }, y: false,
      },
      hooks: {
        setCursor: [(u) => this.say(u.cursor.idx)],
        setSelect: [(u) => this.zoom(u)],
        draw: [(u) => this.flag(u)],
      },
    };
    this.u = new uPlot(options, this.data(), this.plot);
    if (this.overTime) sync.sub(this.u);
    this.pins = make('div', { class: 'pins' });
    this.u.over.append(this.pins);
  }

  xRange(min, max) {
    if (this.overTime && this.range) return [this.range.from, this.range.to];
    return max > min ? [min, max] : [min - 1, max + 1];
  }

  scale(right) {
    const { log, min, max } = this.panel;
    const zero = this.bars && !right;
    return {
      distr: log ? 3 : 1,
      range: (u, low, high) => {
        let [from, to] = log ? logRange(low, high) : linearRange(low, high, zero);
        if (min !== undefined) from = min;
        if (max !== undefined) to = max;
        return [from, to];
      },
    };
  }

  xAxis(axis) {
    if (this.overTime) return { ...axis, size: 26, space: 70, values: (u, splits, i, space, step) => timeLabels(splits, step) };
    return { ...axis, size: 26, space: 60, values: (u, splits) => axisLabels(splits, this.x.unit), label: this.x.title, labelFont: font, labelSize: 16, labelGap: 0 };
  }

  yAxis(axis, right) {
    const unit = (this.series.find((field) => Boolean(field.right) === right) ?? this.panel).unit;
    const wanted = (u) => Math.max(Math.floor(u.bbox.height / devicePixelRatio / 40), 2);
    return {
      ...axis, scale: right ? 'right' : 'y', side: right ? 1 : 3, size: (u, values) => 14 + 6.4 * Math.max(3, ...(values ?? []).map((v) => (v ?? '').length)),
      splits: (u, i, min, max) => (this.panel.log ? logSteps : niceSteps)(min, max, wanted(u)),
      filter: (u, splits) => splits, values: (u, splits) => (this.panel.log ? logLabels : axisLabels)(splits, unit),
    };
  }

  line(field, i) {
    const stroke = colour(field.colour);
    const common = { label: field.title, stroke, show: !this.hidden.has(field.name), scale: field.right ? 'right' : 'y' };
    if (this.bars && !field.line) {
      return {
        ...common, fill: stroke, width: 0, points: { show: false },
        paths: uPlot.paths.bars({ size: [0.86, 60], align: 1, disp: {
          y0: { unit: 1, values: () => this.base[i] }, y1: { unit: 1, values: (u) => u.data[i + 1] },
        } }),
      };
    }
    if (field.points) return { ...common, width: 0, paths: () => null, points: { show: true, size: 11, width: 2, fill: stroke, stroke: colour('card') } };
    return { ...common, width: 2, dash: field.dashed ? [7, 5] : undefined, spanGaps: this.panel.kind === 'curve' ? false : this.interval === 0, points: { show: field.values.length < 3 ? true : undefined } };
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.plot;
    if (this.u && width > 0 && height > 0 && (width !== this.u.width || height !== this.u.height)) this.u.setSize({ width, height });
  }

  zoom(u) {
    const { left, width } = u.select;
    if (width < 8) return;
    const [from, to] = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')];
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.options.zoom(from, to);
  }

  key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !this.u) return;
    event.preventDefault();
    const last = this.x.values.length - 1;
    const row = Math.min(Math.max((this.row ?? last + (by < 0 ? 1 : 0)) + by, 0), last);
    this.u.setCursor({ left: this.u.valToPos(this.x.values[row], 'x'), top: 0 });
  }

  // The legend says the values under the cursor, or the newest ones.
  say(row) {
    this.row = row ?? undefined;
    const shown = inOrder(this.fields, this.series);
    const items = shown.map((field) => {
      const at = row ?? newest(field.values);
      const value = at < 0 ? null : valueOf(field, at);
      const off = this.hidden.has(field.name);
      const swatch = make('span', { class: 'swatch' + (field.points ? ' dot' : '') + (field.dashed ? ' dashed' : '') });
      swatch.style.color = colour(field.colour);
      const item = make('button', { type: 'button', class: 'item' + (off ? ' off' : ''), 'aria-pressed': String(!off), title: off ? 'Show' : 'Hide' },
        swatch, field.title, make('b', {}, off ? '' : format(value, field.unit, field.decimals)));
      item.addEventListener('click', () => this.toggle(field.name));
      return item;
    });
    const where = row === null || row === undefined ? null
      : this.overTime ? time(this.x.values[row]) : `${this.x.title} ${format(this.x.values[row], this.x.unit, this.x.decimals)}`;
    this.legend.replaceChildren(...items, ...(where ? [make('span', { class: 'where' }, where)] : []));
    this.plot.setAttribute('aria-label', `${this.panel.title}: ` + shown.map((field) => {
      const at = row ?? newest(field.values);
      return `${field.title} ${format(at < 0 ? null : valueOf(field, at), field.unit, field.decimals)}`;
    }).join(', ') + (where ? ` at ${where}` : ''));
  }

  toggle(name) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    this.draw(this.fields, this.range, this.marks, this.interval);
    this.legend.querySelectorAll('button')[inOrder(this.fields, this.series).findIndex((field) => field.name === name)]?.focus();
  }

  // Marks are lines through the plot with a pin that says what happened.
  flag(u) {
    if (!this.overTime || !this.pins) return;
    const pins = [];
    for (const mark of this.marks ?? []) {
      const left = u.valToPos(mark.time, 'x');
      if (left < 0 || left > u.bbox.width / devicePixelRatio) continue;
      const words = `${mark.title}, ${time(mark.time)}. ${mark.text}`;
      const pin = make('button', { type: 'button', class: 'pin', title: words, 'aria-label': words });
      pin.style.left = `${left}px`;
      pin.style.color = colour(mark.colour);
      pins.push(pin);
    }
    this.pins.replaceChildren(...pins);
  }
}

// The series in the order of the query, for people.
const inOrder = (fields, series) => fields.filter((field) => series.includes(field));

function newest(values) {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] !== null) return i;
  return -1;
}
