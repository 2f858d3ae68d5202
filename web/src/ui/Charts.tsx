import type { Curve, Distance, Scenario } from "../lib/api";
import { dollars, price, toNumber } from "../lib/numbers";

const compact = (value: number): string => {
  const magnitude = Math.abs(value);
  const text =
    magnitude >= 1e6
      ? `${(magnitude / 1e6).toFixed(1)}m`
      : magnitude >= 1e4
        ? `${(magnitude / 1e3).toFixed(0)}k`
        : magnitude >= 1e3
          ? `${(magnitude / 1e3).toFixed(1)}k`
          : magnitude.toFixed(0);
  return value < 0 ? `−${text}` : text;
};

/** The weighted result of each of the 37 scenarios, volatility down, unchanged and up side by side. */
export function ScenarioChart({ scenarios, worst }: { scenarios: Scenario[]; worst: number }) {
  const ordered = [...scenarios].sort((a, b) => a.quarters - b.quarters || a.volatility - b.volatility);
  const values = ordered.map((scenario) => toNumber(scenario.resultE8));
  const most = Math.max(1e-9, ...values.map(Math.abs));
  const [width, height, left, bottom] = [760, 240, 46, 26];
  const step = (width - left - 6) / ordered.length;
  const middle = (height - bottom) / 2;
  const y = (value: number) => middle - (value / most) * (middle - 10);
  const groups = [...new Set(ordered.map((scenario) => scenario.quarters))];
  return (
    <figure className="chart">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Results of 37 scenarios, from ${dollars(scenarios[worst]?.resultE8)} in the worst (${scenarios[worst]?.label}) upwards`}
      >
        {[most, most / 2, 0, -most / 2, -most].map((value) => (
          <g key={value}>
            <line x1={left} x2={width} y1={y(value)} y2={y(value)} className={value === 0 ? "axis" : "rule"} />
            <text x={left - 6} y={y(value) + 4} textAnchor="end">
              {compact(value)}
            </text>
          </g>
        ))}
        {ordered.map((scenario, at) => {
          const value = values[at];
          const from = y(Math.max(0, value));
          return (
            <rect
              key={scenario.index}
              x={left + at * step + 1.5}
              width={step - 3}
              y={from}
              height={Math.max(1, Math.abs(y(value) - y(0)))}
              rx="2"
              className={`${value < 0 ? "loss" : "gain"} vol${scenario.volatility} ${scenario.index === worst ? "worst" : ""}`}
            >
              <title>{`${scenario.label}: ${dollars(scenario.resultE8)}`}</title>
            </rect>
          );
        })}
        {groups.map((quarters) => {
          const members = ordered
            .map((scenario, at) => (scenario.quarters === quarters ? at : -1))
            .filter((at) => at >= 0);
          const x = left + ((members[0] + members[members.length - 1] + 1) / 2) * step;
          return (
            <text key={quarters} x={x} y={height - 8} textAnchor="middle">
              {quarters === 0 ? "0" : `${quarters > 12 ? "" : quarters > 0 ? "+" : "−"}${Math.abs(quarters) / 4}R`}
            </text>
          );
        })}
      </svg>
      <figcaption className="quiet">
        Profit or loss in each scenario, counted with its weight. Lighter bars: volatility falls; darker: it rises. The
        worst one is outlined.
      </figcaption>
    </figure>
  );
}

/** What equity changes by and what is required, against the price of one underlying. */
export function CurveChart({ curve, distance }: { curve: Curve; distance?: Distance }) {
  const points = curve.points.map((point) => ({
    x: toNumber(point.priceE8),
    equity: toNumber(point.equityE8),
    margin: toNumber(point.maintenanceE8),
    gain: toNumber(point.gainE8),
  }));
  if (points.length < 2) return null;
  const [width, height, left, bottom] = [760, 260, 52, 28];
  const [low, high] = [points[0].x, points[points.length - 1].x];
  const values = points.flatMap((point) => [point.equity, point.margin, 0]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (value: number) => left + ((value - low) / (high - low)) * (width - left - 8);
  const y = (value: number) => 10 + ((most - value) / (most - least || 1)) * (height - bottom - 20);
  const path = (pick: (point: (typeof points)[number]) => number) =>
    points.map((point, at) => `${at ? "L" : "M"}${x(point.x).toFixed(1)} ${y(pick(point)).toFixed(1)}`).join("");
  const now = toNumber(curve.spotE8);
  const marks = [distance?.belowE8, distance?.aboveE8]
    .filter((value): value is string => !!value)
    .map(toNumber)
    .filter((value) => value > low && value < high);
  return (
    <figure className="chart">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Equity against the price of ${curve.name}: ${dollars(curve.points[0].equityE8)} at ${price(curve.points[0].priceE8)}, ${dollars(curve.points[curve.points.length - 1].equityE8)} at ${price(curve.points[curve.points.length - 1].priceE8)}`}
      >
        {[0, 0.25, 0.5, 0.75, 1].map((part) => {
          const value = least + (most - least) * part;
          return (
            <g key={part}>
              <line x1={left} x2={width} y1={y(value)} y2={y(value)} className="rule" />
              <text x={left - 6} y={y(value) + 4} textAnchor="end">
                {compact(value)}
              </text>
            </g>
          );
        })}
        {least < 0 && <line x1={left} x2={width} y1={y(0)} y2={y(0)} className="axis" />}
        <line x1={x(now)} x2={x(now)} y1="6" y2={height - bottom} className="now" />
        {marks.map((mark) => (
          <line key={mark} x1={x(mark)} x2={x(mark)} y1="6" y2={height - bottom} className="danger" />
        ))}
        <path d={path((point) => point.margin)} className="line margin" />
        <path d={path((point) => point.equity)} className="line equity" />
        {[0, 0.25, 0.5, 0.75, 1].map((part) => {
          const value = low + (high - low) * part;
          return (
            <text
              key={part}
              x={x(value)}
              y={height - 8}
              textAnchor={part === 0 ? "start" : part === 1 ? "end" : "middle"}
            >
              {value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 2 : 0 })}
            </text>
          );
        })}
      </svg>
      <figcaption className="quiet">
        <span className="key equity" /> equity <span className="key margin" /> maintenance margin{" "}
        <span className="key now" /> price now
        {marks.length > 0 && (
          <>
            {" "}
            <span className="key danger" /> liquidation
          </>
        )}
      </figcaption>
    </figure>
  );
}
