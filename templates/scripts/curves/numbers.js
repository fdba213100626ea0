// What the plots of losses know of numbers: steps as the page keeps them, ticks, values as readers see them.
(() => {
  "use strict";

  const steps = ({ steps, every, values }) => {
    if (!steps) return values.map((_, k) => every[0] + k * (every[1] ?? 1));
    let at = 0;
    return steps.map((distance) => (at += distance));
  };

  const nearest = (sorted, value) => {
    let low = 0, high = sorted.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle; else high = middle;
    }
    return value - sorted[low] <= sorted[high] - value ? low : high;
  };

  // Numbers at the ends of the floats have no ticks around them.
  const isDrawable = (v, log) => v !== null && (v === 0 ? !log : Math.abs(v) > 1e-200 && Math.abs(v) < 1e200 && (v > 0 || !log));

  const raised = (exponent) => `10${[...String(exponent)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("")}`;

  const said = (value, digits = 4) => {
    const size = Math.abs(value);
    if (value === 0 || (size >= 1e-3 && size < 1e5)) return String(Number(value.toPrecision(digits))).replace("-", "−");
    const [factor, exponent] = value.toExponential(digits - 1).split("e");
    return `${String(Number(factor)).replace("-", "−")}·${raised(Number(exponent))}`;
  };

  const distance = (span, count, least = 0) => {
    const rough = Math.max(span / count, least), power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].map((k) => k * power).find((d) => d >= rough * 0.999);
  };

  const linearTicks = (low, high, count, least) => {
    const d = distance(high - low, count, least), first = Math.ceil(low / d), number = Math.floor(high / d) - first;
    return Array.from({ length: Math.max(0, number) + 1 }, (_, k) => (first + k) * d);
  };

  // Powers of ten; where fewer than two are in sight, 2 and 5 times them as well.
  const logTicks = (low, high, count) => {
    const first = Math.floor(low), last = Math.ceil(high), stride = Math.max(1, Math.ceil((last - first) / count));
    const powers = Array.from({ length: last - first + 1 }, (_, k) => first + k);
    const few = powers.filter((p) => p >= low && p <= high).length < 2;
    const of = (p) => (few ? [1, 2, 5].map((k) => p + Math.log10(k)) : p % stride === 0 ? [p] : []);
    return powers.flatMap(of).filter((t) => t >= low && t <= high);
  };

  const extent = (values, pad, empty) => {
    let low = Infinity, high = -Infinity;
    for (const v of values) { low = Math.min(low, v); high = Math.max(high, v); }
    if (low > high) return empty;
    const room = high > low ? (high - low) * pad : Math.abs(high) * 0.1 || 0.5;
    return [low - room, high + room];
  };

  window.gradpressNumbers = { steps, nearest, isDrawable, raised, said, linearTicks, logTicks, extent };
})();
