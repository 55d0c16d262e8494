// What the viewer has chosen lives in the address, in Grafana's words: from, to,
// refresh, var-NAME. A link to it shows the same.

const listeners = [];

let state = read();

function read() {
  const query = new URLSearchParams(location.search);
  const variables = {};
  for (const [key, value] of query) {
    if (key.startsWith('var-') && value) (variables[key.slice(4)] ??= []).push(value);
  }
  return {
    from: query.get('from') || '', to: query.get('to') || '', refresh: query.get('refresh') || 'live',
    exact: query.get('exact') === '1', variables,
  };
}

/** The current choice. An empty end means the dashboard's default. */
export function current() {
  return state;
}

/** Calls back with every change. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Changes a part of the choice. step makes it one that the back button undoes. */
export function change(part, { step = true } = {}) {
  const next = { ...state, ...part };
  if (query(next) === query(state)) return;
  const before = state;
  state = next;
  history[step ? 'pushState' : 'replaceState'](null, '', location.pathname + search(state));
  listeners.forEach((listener) => listener(state, before));
}

addEventListener('popstate', () => {
  const before = state;
  state = read();
  listeners.forEach((listener) => listener(state, before));
});

/** The choice as parameters of a link. */
export function query(s = state) {
  const out = new URLSearchParams();
  if (s.from) out.set('from', s.from);
  if (s.to) out.set('to', s.to);
  if (s.refresh !== 'live') out.set('refresh', s.refresh);
  for (const [name, values] of Object.entries(s.variables)) {
    for (const value of values) out.append('var-' + name, value);
  }
  if (s.exact) out.set('exact', '1');
  return out.toString();
}

/** The same with its question mark, empty when nothing is chosen. */
export function search(s = state) {
  const text = query(s);
  return text ? '?' + text : '';
}
