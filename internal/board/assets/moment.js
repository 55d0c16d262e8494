// The line that says what the figures are true at, and how far to trust it.

import { make } from './dom.js';
import { duration, time } from './format.js';

/** Base makes a block every two seconds: older than this is worth a word. */
const staleAfter = 60;

const finalities = {
  latest: ['latest', 'A reorg can still undo this block.'],
  safe: ['safe', 'This block is on Ethereum, though not yet final there.'],
  finalized: ['final', 'Nothing can undo this block.'],
};

const connections = {
  connecting: 'connecting…', live: 'live', paused: 'paused while hidden', lost: 'connection lost, trying again', refused: 'refused',
};

/** Keeps the line up to date. */
export class Line {
  constructor(element, notice) {
    Object.assign(this, { element, notice });
    this.state = 'connecting';
    setInterval(() => this.draw(), 1000);
  }

  status(status) {
    this.last = status;
    this.skew = status.now - Date.now() / 1000;
    this.draw();
  }

  connection(state, why) {
    this.state = state;
    this.why = why;
    this.draw();
  }

  draw() {
    const s = this.last?.status ?? {};
    const known = typeof s.cursor === 'number' && s.cursor_time > 0;
    const now = Date.now() / 1000 + (this.skew ?? 0);
    const age = known ? Math.max(now - s.cursor_time, 0) : 0;
    const items = known ? [
      item('Block', s.cursor.toLocaleString('en-US'), time(s.cursor_time) + ' UTC'),
      item('', `${duration(Math.round(age))} ago`, time(s.cursor_time) + ' UTC', age > staleAfter ? 'bad' : ''),
      item('', ...(finalities[this.last.finality] ?? ['', '']), this.last.finality === 'latest' ? '' : 'good'),
      audit(s),
    ] : [item('', this.last ? 'No block yet' : '', '')];
    if (known && s.missing_blocks > 0) {
      items.push(item('', `${s.missing_blocks.toLocaleString('en-US')} blocks missing`, 'Blocks that have not been read: running totals are wrong until they are.', 'warn'));
    }
    items.push(item('', connections[this.state], '', { live: 'good', lost: 'bad', refused: 'bad' }[this.state] ?? ''));
    this.element.replaceChildren(...items);
    this.element.dataset.block = known ? String(s.cursor) : '';
    this.element.dataset.connection = this.state;
    this.warn(this.words(known, age));
  }

  words(known, age) {
    if (this.state === 'refused') return `The board refused this page: ${this.why}`;
    if (this.state === 'lost') return 'The board does not answer. The figures stay as of the block above; this page tries again every few seconds.';
    if (this.last?.problem) return `The warehouse has a problem: ${this.last.problem}. The figures stay as of the block above.`;
    if (known && age > staleAfter) return `These figures are old: the newest block is from ${duration(Math.round(age))} ago. The indexer or its endpoint may be down, or history is still being read.`;
    return '';
  }

  warn(words) {
    if (this.notice.textContent !== words) this.notice.textContent = words;
    this.notice.hidden = words === '';
  }
}

function audit(s) {
  if (s.audit_block === null || s.audit_block === undefined || s.audit_block === 0) return item('', 'not audited yet', 'Nothing has been compared with the contracts yet.');
  const block = s.audit_block.toLocaleString('en-US');
  return s.audit_failures > 0
    ? item('', `${s.audit_failures} figures differ from the contracts`, `Audit at block ${block}. Do not act on the figures.`, 'bad')
    : item('', 'audited: 0 wei off', `At block ${block} every audited figure equals the contract's own.`, 'good');
}

function item(label, text, title, level) {
  return make('span', { class: 'item', title: title || null, 'data-level': level || null }, label ? make('span', { class: 'label' }, label + ' ') : null, text);
}
