import { useQuery } from "@tanstack/react-query";
import { api, type Account } from "../lib/api";
import { FAST, useDistances, useKept, useMargin, useSetting } from "../lib/hooks";
import { big, decimal, dollars, ONE, percent } from "../lib/numbers";
import { CurveChart, ScenarioChart } from "../ui/Charts";
import { Choice } from "../ui/Field";
import { Tail } from "./Tail";

/** What the requirement is made of: the worst scenario in words, the profile, the curve, every term. */
export function Margin({ id, account }: { id: string; account: Account }) {
  const { deployment } = useSetting();
  const { data } = useMargin(id);
  const { data: distances } = useDistances(id);
  const [chosen, choose] = useKept("curve", "");
  const underlyings = data?.underlyings ?? [];
  const of = underlyings.find((one) => one.underlying === chosen)?.underlying ?? underlyings[0]?.underlying;
  const { data: curve } = useQuery({
    queryKey: ["curve", id, account.stateHash, of],
    queryFn: () => api.curve(id, of!),
    enabled: of !== undefined,
    refetchInterval: FAST * 3,
  });
  if (!data)
    return (
      <p className="quiet" role="status">
        Computing the margin…
      </p>
    );
  if (underlyings.length === 0)
    return <p className="quiet">Nothing is held whose price could fall: no margin is needed.</p>;

  const worst = data.scenarios.reduce(
    (lowest, one) => (big(one.resultE8) < big(data.scenarios[lowest].resultE8) ? one.index : lowest),
    0,
  );
  const scenarios = data.groups.reduce((sum, group) => sum + big(group.maintenanceE8), 0n);
  const terms = [
    { name: "Worst scenario", value: scenarios, why: "The largest loss over the scenarios of every risk group" },
    ...(["basisE8", "liquidityE8", "vegaE8", "rateE8"] as const).map((key) => ({
      name: { basisE8: "Basis", liquidityE8: "Liquidity", vegaE8: "Vega", rateE8: "Rates" }[key],
      value: underlyings.reduce((sum, one) => sum + big(one[key]), 0n),
      why: {
        basisE8: "Longs and shorts of different expiries can drift apart",
        liquidityE8: "Closing a large position moves its market",
        vegaE8: "The skew of volatility can change",
        rateE8: "Interest rates can change",
      }[key],
    })),
    { name: "Haircuts", value: big(data.haircutE8), why: "What selling the collateral would cost" },
  ].filter((term) => term.value > 0n);
  const most = terms.reduce((largest, term) => (term.value > largest ? term.value : largest), 1n);
  const saving = big(data.savingE8);
  return (
    <>
      <p className="statement" data-testid="worst">
        {data.worst}
      </p>
      <ScenarioChart scenarios={data.scenarios} worst={worst} />
      <h2>What the maintenance margin is made of</h2>
      <ul className="terms">
        {terms.map((term) => (
          <li key={term.name}>
            <span>
              {term.name} <span className="quiet">{term.why}</span>
            </span>
            <strong>{dollars(term.value)}</strong>
            <i style={{ width: `${Math.max(1, Number((term.value * 100n) / most))}%` }} aria-hidden="true" />
          </li>
        ))}
        <li className="total">
          <span>Maintenance margin</span>
          <strong>{dollars(data.figures.maintenanceMarginE8)}</strong>
        </li>
        <li>
          <span>
            Initial margin{" "}
            <span className="quiet">
              {decimal(big(deployment.parameters.initialFactorE8), 8, 4, 1)} times maintenance and what late volatility
              surfaces may hide, and on what is uncovered how far spot is from its average
            </span>
          </span>
          <strong>{dollars(data.figures.initialMarginE8)}</strong>
        </li>
        <li>
          <span>
            Floor <span className="quiet">what the chain keeps whatever any model says</span>
          </span>
          <strong>{dollars(data.figures.floorMarginE8)}</strong>
        </li>
      </ul>
      <p>
        Isolated accounts would need {dollars(data.standardMarginE8)} for the same.{" "}
        {saving > 0n ? (
          <>
            This account saves <strong>{dollars(saving)}</strong> of it (
            {percent((saving * ONE) / big(data.standardMarginE8))}).
          </>
        ) : (
          "Nothing offsets anything else in this account yet."
        )}
      </p>
      <h2>Against the price</h2>
      {underlyings.length > 1 && (
        <Choice
          label="Underlying"
          value={of!}
          options={underlyings.map((one) => ({ value: one.underlying, text: one.name }))}
          onChange={choose}
        />
      )}
      {curve && <CurveChart curve={curve} distance={distances?.find((one) => one.underlying === of)} />}
      <Tail account={account} />
      <h2>By underlying</h2>
      <table className="cards">
        <thead>
          <tr>
            <th scope="col">Underlying</th>
            <th scope="col">Worst alone</th>
            <th scope="col">Loss</th>
            <th scope="col">Net delta</th>
            <th scope="col">Gross</th>
          </tr>
        </thead>
        <tbody>
          {underlyings.map((one) => (
            <tr key={one.underlying}>
              <th scope="row">{one.name}</th>
              <td data-label="Worst alone">{one.worstLabel}</td>
              <td data-label="Loss">{dollars(one.lossE8)}</td>
              <td data-label="Net delta">{dollars(one.netE8)}</td>
              <td data-label="Gross">{dollars(one.grossE8)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
