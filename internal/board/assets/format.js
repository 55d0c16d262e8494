// Numbers as people say them: 8.95M VVV, 499.98 VVV/DIEM, 41.3 %.

const NBSP = '\u00a0';

const suffixes = {
  vvv: 'VVV', svvv: 'sVVV', diem: 'DIEM', rate: 'VVV/DIEM', vvv_per_year: 'VVV/year', share: '%', per_second: '/s',
};

const shortened = new Set(['vvv', 'svvv', 'diem', 'vvv_per_year']);

const thousands = [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'K']];

/** The part of the unit that stands behind a number. */
export function suffix(unit) {
  return suffixes[unit] ?? '';
}

/** A number with its unit: text and suffix, so that they can be set apart. */
export function parts(value, unit, decimals) {
  if (value === null || value === undefined || value === '') return { text: '–', suffix: '' };
  if (typeof value !== 'number') return { text: String(value), suffix: '' };
  switch (unit) {
    case 'time': return { text: time(value / 1000), suffix: '' };
    case 'seconds': return { text: duration(value), suffix: '' };
    case 'milliseconds': return value < 1000 ? { text: fixed(value, decimals), suffix: 'ms' } : { text: duration(value / 1000), suffix: '' };
    case 'bytes': return bytes(value, decimals);
    case 'share': return { text: fixed(value * 100, decimals), suffix: '%' };
    case 'number': return { text: String(Number(value.toFixed(decimals))), suffix: '' };
    case 'text': return { text: String(value), suffix: '' };
    default: return { text: shortened.has(unit) ? short(value, decimals) : fixed(value, decimals), suffix: suffix(unit) };
  }
}

/** The same as one text. */
export function format(value, unit, decimals) {
  const p = parts(value, unit, decimals);
  return p.suffix ? p.text + NBSP + p.suffix : p.text;
}

/** 8951234 becomes 8.95M. */
export function short(value, decimals) {
  const size = Math.abs(value);
  for (const [step, letter] of thousands) {
    // What would round up to the next step belongs to it: 999,999 is 1.00M.
    if (size >= step || Number((size / step).toFixed(Math.max(decimals, 2))) >= 1) {
      const scaled = value / step;
      return (decimals === 0 ? String(Number(scaled.toFixed(2))) : fixed(scaled, Math.max(decimals, 2))) + letter;
    }
  }
  return fixed(value, decimals);
}

/** A number with so many decimals, and more where it would read as nothing. */
export function fixed(value, decimals) {
  if (value !== 0 && Math.abs(value) < 0.5 * 10 ** -decimals) {
    return Math.abs(value) < 1e-6 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
  }
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function bytes(value, decimals) {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let i = 0;
  while (value >= 1024 && i < names.length - 1) {
    value /= 1024;
    i++;
  }
  return { text: fixed(value, i === 0 ? 0 : decimals), suffix: names[i] };
}

/** A length of time in the largest unit that fits. */
export function duration(seconds) {
  const size = Math.abs(seconds);
  for (const [step, name] of [[86400, 'days'], [3600, 'h'], [60, 'min']]) {
    if (size >= 2 * step || (step < 86400 && size >= step)) return Number((seconds / step).toFixed(1)) + NBSP + name;
  }
  return Number(seconds.toFixed(size < 10 ? 1 : 0)) + NBSP + 's';
}

/** Seconds since 1970 as 2026-09-19 12:00:03, UTC. */
export function time(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? '–' : date.toISOString().slice(0, 19).replace('T', ' ');
}

/** Wei as text becomes tokens as text, to the last digit. */
export function exact(wei) {
  const negative = wei.startsWith('-');
  const digits = (negative ? wei.slice(1) : wei).padStart(19, '0');
  const whole = digits.slice(0, -18).replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = digits.slice(-18).replace(/0+$/, '');
  return (negative ? '-' : '') + whole + (rest ? '.' + rest : '');
}

/** Hashes and addresses in a table: 0x1234…cdef. */
export function shortHash(text) {
  return /^0x[0-9a-f]{12,}$/i.test(text) ? text.slice(0, 8) + '…' + text.slice(-6) : text;
}

/** Labels of a linear axis: as many decimals as its steps need. */
export function axisLabels(splits, unit) {
  if (['bytes', 'seconds', 'milliseconds', 'time'].includes(unit)) return splits.map((v) => format(v, unit, 0));
  const factor = unit === 'share' ? 100 : 1;
  const most = Math.max(...splits.map(Math.abs), 0) * factor;
  const [step, letter] = (unit !== 'share' && unit !== 'number' && thousands.find(([s]) => most >= (s === 1e3 ? 1e4 : s))) || [1, ''];
  const decimals = Math.max(...splits.map((v) => decimalsOf((v * factor) / step)), 0);
  return splits.map((v) => (v === 0 ? '0' : ((v * factor) / step).toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }) + letter)
    + (unit === 'share' ? NBSP + '%' : ''));
}

/** Labels of a logarithmic axis: every power has its own letter. */
export function logLabels(splits, unit) {
  return splits.map((v) => axisLabels([v], unit)[0]);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Labels of an axis of time, UTC; step is between two of them, in seconds. */
export function timeLabels(splits, step) {
  return splits.map((seconds, i) => {
    const date = new Date(seconds * 1000);
    const day = `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
    if (step >= 28 * 86400) return `${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
    if (step >= 86400) return day;
    const clock = date.toISOString().slice(11, step < 60 ? 19 : 16);
    return i > 0 && clock.startsWith('00:00') ? day : clock;
  });
}

function decimalsOf(value) {
  for (let d = 0; d < 8; d++) {
    const shifted = value * 10 ** d;
    if (Math.abs(shifted - Math.round(shifted)) < 1e-6 * Math.max(1, Math.abs(shifted))) return d;
  }
  return 8;
}
