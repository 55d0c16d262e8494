// The page: panels, controls, the line above them, and the stream that feeds all.

import { Controls } from './controls.js';
import { Line } from './moment.js';
import { Live } from './live.js';
import { Panel } from './panels.js';
import { change, current, onChange, query, search } from './state.js';
import { onTheme } from './theme.js';

const setup = JSON.parse(document.getElementById('setup').textContent);
const options = () => ({ explorer: setup.explorer, wallet: setup.wallet, exact: current().exact, zoom });

const panels = new Map();
for (const row of setup.dashboard.rows) {
  for (const definition of row.panels) {
    panels.set(definition.id, new Panel(definition, document.getElementById(`panel-${definition.id}`), options));
  }
}

const line = new Line(document.getElementById('moment'), document.getElementById('notice'));
const controls = new Controls(document.getElementById('controls'), setup.dashboard);

let range;
let marks = [];
let live;

function follow() {
  live?.close();
  live = new Live(setup.live + (query() ? '?' + query() : ''), {
    status(status) {
      range = { from: status.from, to: status.to };
      line.status(status);
      panels.forEach((panel) => panel.place(range, marks));
    },
    panel(data) {
      panels.get(data.id)?.take(data);
    },
    annotations(answer) {
      marks = answer.marks;
      panels.forEach((panel) => panel.place(range, marks));
    },
    connection(state, why) {
      line.connection(state, why);
    },
  });
}

// Dragging over a chart is a choice of its time for all of them.
function zoom(from, to) {
  change({ from: String(Math.round(from * 1000)), to: String(Math.round(to * 1000)) });
}

function links() {
  document.querySelectorAll('nav a, .about a.data').forEach((link) => {
    link.search = search();
  });
}

onChange((now, before) => {
  links();
  controls.draw();
  if (now.exact !== before.exact) {
    panels.forEach((panel) => panel.draw());
    if (query({ ...now, exact: before.exact }) === query(before)) return;
  }
  panels.forEach((panel) => panel.wait());
  follow();
});

onTheme(() => panels.forEach((panel) => panel.restyle()));

// A card that is open closes when something else is wanted.
const cards = 'details.about[open], details.several[open]';
document.addEventListener('click', (event) => {
  document.querySelectorAll(cards).forEach((card) => {
    if (event.target.isConnected && !card.contains(event.target)) card.open = false;
  });
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') document.querySelectorAll(cards).forEach((card) => { card.open = false; });
});

links();
follow();
