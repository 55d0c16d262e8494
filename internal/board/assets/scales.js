// Ranges and ticks of axes that uPlot's own do not give.

/** Round steps that divide a span into about so many parts. */
export function niceSteps(min, max, wanted) {
  const rough = (max - min) / Math.max(wanted, 1);
  if (!(rough > 0)) return [min];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? 10 * power;
  const out = [];
  for (let v = Math.ceil(min / step - 1e-9) * step; v <= max * (1 + 1e-12); v += step) out.push(Number(v.toPrecision(12)));
  return out;
}

/** Ticks of a logarithmic axis: 1, 2, 5 of each power, or round steps where the axis
 *  does not even span one. */
export function logSteps(min, max, wanted) {
  if (max / min < 8) return niceSteps(min, max, wanted);
  const out = [];
  for (let power = 10 ** Math.floor(Math.log10(min)); power <= max; power *= 10) {
    for (const m of max / min < 1000 ? [1, 2, 5] : [1]) {
      const v = Number((m * power).toPrecision(12));
      if (v >= min && v <= max) out.push(v);
    }
  }
  return out;
}

/** The range of a logarithmic axis: a little room, not whole powers of ten. */
export function logRange(min, max) {
  if (!(min > 0)) min = max > 0 ? max / 1e6 : 1;
  if (!(max > min)) return [min * 0.9, min * 1.1];
  const room = (max / min) ** 0.06;
  return [min / room, max * room];
}

/** The range of a linear axis. zero makes it start, or end, there: bars need it. */
export function linearRange(min, max, zero) {
  if (min === null || max === null || min === undefined) return [0, 1];
  if (zero) {
    min = Math.min(min, 0);
    max = Math.max(max, 0);
  }
  const room = (max - min) * 0.06 || Math.abs(max) * 0.01 || 1;
  const top = zero && max === 0 ? 0 : max + room;
  // A figure that is never negative has no negative axis.
  const bottom = zero && min === 0 ? 0 : min >= 0 ? Math.max(min - room, 0) : min - room;
  return [bottom, top];
}
