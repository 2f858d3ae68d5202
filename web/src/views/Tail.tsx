import { useQuery } from "@tanstack/react-query";
import { api, type Account } from "../lib/api";
import { FAST } from "../lib/hooks";

const whole = (value: number): string =>
  `${value < 0 ? "−" : ""}$${Math.abs(value).toLocaleString("en-US", { maximumFractionDigits: 0 })}`;

/** The loss of a bad day by simulation, beside the requirement, and what each position adds to it. Nothing is decided by it. */
export function Tail({ account }: { account: Account }) {
  const { data } = useQuery({
    queryKey: ["tail", account.id, account.stateHash],
    queryFn: () => api.tail(account.id),
    refetchInterval: FAST * 30,
    retry: false,
  });
  if (!data || data.positions.length === 0) return null;
  const names = new Map(account.positions.map((one) => [one.instrument, one.name]));
  const rows = [
    ...data.positions.map((one) => ({ name: names.get(one.instrument) ?? one.instrument, value: one.value })),
    ...(data.collateral !== 0 ? [{ name: "Collateral", value: data.collateral }] : []),
  ];
  const most = Math.max(1, ...rows.map((row) => Math.abs(row.value)));
  const level = `${(data.level * 100).toFixed(0)} %`;
  return (
    <section data-testid="tail">
      <h2>A bad day, by simulation</h2>
      <p>
        In one of {Math.round(1 / (1 - data.level))} periods of {data.horizonHours} hours this account would lose more
        than <strong>{whole(data.valueAtRisk)}</strong> (value at risk at {level}, between {whole(data.valueAtRiskLow)}{" "}
        and {whole(data.valueAtRiskHigh)}), and on average <strong>{whole(data.expectedShortfall)}</strong> then
        (expected shortfall, between {whole(data.expectedShortfallLow)} and {whole(data.expectedShortfallHigh)}).
      </p>
      <p className="quiet">What each position adds to the expected shortfall; what is negative hedges the rest.</p>
      <ul className="terms">
        {rows.map((row) => (
          <li key={row.name}>
            <span>{row.name}</span>
            <strong>{whole(row.value)}</strong>
            <i
              className={row.value < 0 ? "hedge" : ""}
              style={{ width: `${Math.max(1, (Math.abs(row.value) / most) * 100)}%` }}
              aria-hidden="true"
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
