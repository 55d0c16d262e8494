// What is known of the columns of an answer: the rows and the panel's definition of
// them, put together.

const palette = ['blue', 'orange', 'green', 'pink', 'sky', 'red', 'yellow', 'neutral'];

/** Columns with title, unit, decimals and colour. A column X_wei that stands beside
 *  X and has no definition of its own becomes the exact values of X. */
export function fieldsOf(panel, columns) {
  const defined = new Map(panel.fields.map((field) => [field.column, field]));
  const names = new Set(columns.map((column) => column.name));
  const taken = new Set(panel.fields.map((field) => field.colour));
  const free = palette.filter((colour) => !taken.has(colour));
  const out = [];
  for (const column of columns) {
    const base = column.name.replace(/_wei$/, '');
    if (base !== column.name && names.has(base) && !defined.has(column.name)) continue;
    const field = defined.get(column.name)
      ?? { title: column.name.replaceAll('_', ' '), unit: column.type === 'time' ? 'time' : panel.unit, decimals: panel.decimals };
    out.push({
      ...field,
      name: column.name,
      type: column.type,
      values: column.values,
      exact: columns.find((other) => other.name === column.name + '_wei')?.values,
      texts: field.texts ?? panel.texts ?? [],
      thresholds: field.thresholds ?? [],
    });
  }
  for (const field of out) {
    if (!field.colour && field.type === 'number') field.colour = free.shift() ?? 'neutral';
  }
  return out;
}

/** A value of a column for format(): times become milliseconds, as numbers of the
 *  unit time are. */
export function valueOf(field, row) {
  const value = field.values[row] ?? null;
  return field.type === 'time' && value !== null ? value * 1000 : value;
}

/** The unit to format a value of the column with. */
export function unitOf(field) {
  if (field.type === 'time') return 'time';
  return field.type === 'number' ? field.unit : 'text';
}

/** The level of a value by rising thresholds; the first has no lower bound. */
export function levelOf(value, thresholds) {
  let level = '';
  thresholds.forEach((threshold, i) => {
    if (i === 0 || (typeof value === 'number' && value >= threshold.from)) level = threshold.level;
  });
  return level;
}

/** The text that stands for a value, if the definition has one. */
export function textOf(value, texts) {
  return texts.find((text) => text.value === String(value));
}
