import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { api, type Account, type WhatIfRequest } from "../lib/api";
import { explain } from "../lib/errors";
import { useChoosable, useKept, useSetting, useSettled } from "../lib/hooks";
import { big, dollars, parse, price, wanted } from "../lib/numbers";
import { ScenarioChart } from "../ui/Charts";
import { Choice, Field, Segments } from "../ui/Field";
import { InstrumentChoice } from "../ui/InstrumentChoice";

/** Margin before and after a position, a move of the price, a move of volatility. Nothing is sent. */
export function WhatIf({ account }: { account: Account }) {
  const { deployment } = useSetting();
  const [name, setName] = useKept("what-if-instrument", "BTC-PERP");
  const [side, setSide] = useKept<"Buy" | "Sell">("what-if-side", "Buy");
  const [sizeText, setSize] = useKept("what-if-size", "");
  const [of, setOf] = useKept("what-if-underlying", "");
  const [move, setMove] = useKept("what-if-move", 0);
  const [volatility, setVolatility] = useKept("what-if-volatility", 0);
  const choosable = useChoosable(account, name);
  const instrument = choosable?.instrument;
  const amount = sizeText === "" ? 0n : parse(sizeText, 8);
  const request: WhatIfRequest = {
    fills:
      amount && instrument
        ? [{ instrument: instrument.name, sizeE8: ((side === "Buy" ? 1n : -1n) * amount).toString() }]
        : [],
    moves:
      move !== 0 || volatility !== 0
        ? [{ ...(of ? { underlying: of } : {}), pricePercent: String(move), volatilityPercent: String(volatility) }]
        : [],
  };
  const wish = JSON.stringify(request);
  const asked = useSettled(wish, 200);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ["what-if", account.id, account.stateHash, asked],
    queryFn: () => api.whatIf(account.id, JSON.parse(asked) as WhatIfRequest),
    placeholderData: (before) => before,
    refetchInterval: 4000,
    retry: false,
  });
  // Until this question is answered what stands there is the answer to the one before, or of another account: it keeps the room, and no figure of it is shown.
  const isLate = isPlaceholderData || asked !== wish;
  const then = (e8: string | null | undefined): string => (isLate ? "…" : dollars(e8));
  const isAsked = request.fills!.length + request.moves!.length > 0;
  const worst = data
    ? data.after.scenarios.reduce(
        (lowest, one) => (big(one.resultE8) < big(data.after.scenarios[lowest].resultE8) ? one.index : lowest),
        0,
      )
    : 0;
  return (
    <div className="columns">
      <form className="narrow" onSubmit={(event) => event.preventDefault()}>
        <h2>Add a position</h2>
        <InstrumentChoice choosable={choosable} name={name} choose={setName} />
        <Segments label="What-if side" value={side} options={["Buy", "Sell"] as const} onChange={setSide} />
        <Field
          label="Size"
          value={sizeText}
          onChange={setSize}
          unit={(instrument?.name ?? name).split("-")[0]}
          error={amount === null ? wanted(8) : null}
        />
        <h2>Move the market</h2>
        <Choice
          label="Underlying"
          value={of}
          options={[
            { value: "", text: "All" },
            ...deployment.underlyings.map((one) => ({ value: one.name, text: one.name })),
          ]}
          onChange={setOf}
        />
        <Slider label="Price" value={move} least={-60} most={60} onChange={setMove} />
        <Slider label="Volatility" value={volatility} least={-50} most={150} onChange={setVolatility} />
        <button
          type="button"
          className="ghost"
          onClick={() => {
            setSize("");
            setMove(0);
            setVolatility(0);
          }}
        >
          Clear
        </button>
      </form>
      <div>
        {error && (
          <p className="bad" role="alert">
            {explain(error)}
          </p>
        )}
        {data && (
          <div className={isLate ? "old" : undefined} aria-busy={isLate}>
            <p className={`statement ${data.isAllowed || isLate ? "" : "bad"}`} role="status" data-testid="what-if">
              {isLate
                ? "…"
                : isAsked
                  ? data.sentence
                  : "Add a position or move the market to see what would become of the margin."}
            </p>
            <table className="before-after">
              <thead>
                <tr>
                  <th scope="col">
                    <span className="hidden">Figure</span>
                  </th>
                  <th scope="col">Now</th>
                  <th scope="col">Then</th>
                </tr>
              </thead>
              <tbody>
                {(
                  [
                    ["Equity", "equityE8"],
                    ["Initial margin", "initialMarginE8"],
                    ["Maintenance margin", "maintenanceMarginE8"],
                    ["Floor", "floorMarginE8"],
                  ] as const
                ).map(([label, key]) => (
                  <tr key={key}>
                    <th scope="row">{label}</th>
                    <td>{then(data.before.figures[key])}</td>
                    <td data-testid={`then-${key}`}>{then(data.after.figures[key])}</td>
                  </tr>
                ))}
                <tr>
                  <th scope="row">Free for trading</th>
                  <td>{then(data.before.freeE8)}</td>
                  <td data-testid="then-freeE8">{then(data.after.freeE8)}</td>
                </tr>
                <tr>
                  <th scope="row">Saving against isolated</th>
                  <td>{then(data.before.savingE8)}</td>
                  <td>{then(data.after.savingE8)}</td>
                </tr>
              </tbody>
            </table>
            {data.distancesAfter.length > 0 && !isLate && (
              <ul className="distances" aria-label="Distance to liquidation then">
                {data.distancesAfter.map((one) => (
                  <li key={one.underlying}>
                    <strong>{one.name}</strong>
                    {one.belowE8 !== null && one.belowE8 === one.spotE8 ? (
                      <span className="bad">could be liquidated</span>
                    ) : (
                      <>
                        {one.belowPercent !== null && (
                          <span>
                            ↓ {one.belowPercent.replace("-", "−")} %{" "}
                            <span className="quiet">at {price(one.belowE8)}</span>
                          </span>
                        )}
                        {one.abovePercent !== null && (
                          <span>
                            ↑ +{one.abovePercent} % <span className="quiet">at {price(one.aboveE8)}</span>
                          </span>
                        )}
                        {one.belowPercent === null && one.abovePercent === null && (
                          <span className="quiet">no move of its price alone brings liquidation near</span>
                        )}
                      </>
                    )}
                  </li>
                ))}
              </ul>
            )}
            <p className="quiet">{isLate ? "…" : data.after.worst}</p>
            {data.after.underlyings.length > 0 && <ScenarioChart scenarios={data.after.scenarios} worst={worst} />}
          </div>
        )}
      </div>
    </div>
  );
}

function Slider({
  label,
  value,
  least,
  most,
  onChange,
}: {
  label: string;
  value: number;
  least: number;
  most: number;
  onChange: (value: number) => void;
}) {
  const id = useId();
  const text = `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value)} %`;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} <output>{text}</output>
      </label>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={1}
        value={value}
        aria-valuetext={text}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </div>
  );
}
