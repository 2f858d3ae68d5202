import { useAccount, useDistances, useMargin } from "../lib/hooks";
import { big, dollars, percent, price, ONE } from "../lib/numbers";

/** Health at a glance: equity against what is required, and how far each price may move. */
export function Health({ id }: { id: string }) {
  const { data: margin } = useMargin(id);
  const { data: account } = useAccount(id);
  const { data: distances } = useDistances(id);
  if (!margin)
    return (
      <section className="card health" aria-busy="true">
        <p className="quiet" role="status">
          Computing the margin…
        </p>
      </section>
    );

  const figures = margin.figures;
  const [equity, maintenance, initial, free] = [
    big(figures.equityE8),
    big(figures.maintenanceMarginE8),
    big(figures.initialMarginE8),
    big(margin.freeE8),
  ];
  const isRequired = maintenance > 0n;
  const isInAuction = account !== undefined && account.openLot !== "0";
  const floorBinds = free === big(margin.aboveFloorE8);
  const [state, words] =
    equity < maintenance
      ? ["danger", "Below maintenance margin"]
      : free < 0n
        ? ["warn", floorBinds ? "Below the chain's floor" : "Below initial margin"]
        : isInAuction
          ? ["warn", "In an auction"]
          : [isRequired && equity * 2n < initial * 3n ? "ok" : "calm", "Healthy"];
  const used = isRequired && equity > 0n ? (maintenance * ONE) / equity : isRequired ? ONE : 0n;
  const usedInitial = isRequired && equity > 0n ? (initial * ONE) / equity : 0n;
  const shown = used > ONE ? ONE : used;
  return (
    <section className={`card health ${state}`} aria-label="Health">
      <div className="health-head">
        <div>
          <p className="label">Equity</p>
          <p className="figure" data-testid="equity">
            {dollars(figures.equityE8)}
          </p>
        </div>
        <p className={`badge ${state}`} role="status" data-testid="health">
          <span className={`dot ${state}`} aria-hidden="true" /> {words}
        </p>
      </div>
      <div
        className="meter"
        role="meter"
        aria-label="Share of equity that the maintenance margin takes"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Number((shown * 100n) / ONE)}
        aria-valuetext={percent(used)}
      >
        {shown > 0n && <span style={{ width: `${Number((shown * 10000n) / ONE) / 100}%` }} />}
        {usedInitial > 0n && usedInitial < ONE && (
          <i style={{ left: `${Number((usedInitial * 10000n) / ONE) / 100}%` }} title="Initial margin" />
        )}
      </div>
      <dl className="figures">
        <div>
          <dt>Initial margin</dt>
          <dd data-testid="initial">{dollars(figures.initialMarginE8)}</dd>
        </div>
        <div>
          <dt>Maintenance margin</dt>
          <dd data-testid="maintenance">{dollars(figures.maintenanceMarginE8)}</dd>
        </div>
        <div>
          <dt>Free for trading</dt>
          <dd data-testid="free">
            {margin.reason === null ? dollars(free) : isInAuction ? "nothing" : "reductions only"}
          </dd>
          <dd className="quiet">
            {margin.reason ??
              (floorBinds
                ? "what the floor leaves, which the chain keeps by itself"
                : "what the initial margin leaves")}
          </dd>
        </div>
        {isRequired && (
          <div>
            <dt>Saved by one account</dt>
            <dd>
              {big(margin.standardMarginE8) > 0n && big(margin.savingE8) > 0n
                ? percent((big(margin.savingE8) * ONE) / big(margin.standardMarginE8))
                : "–"}
            </dd>
            <dd className="quiet">isolated accounts would need {dollars(margin.standardMarginE8)}</dd>
          </div>
        )}
      </dl>
      {distances && distances.length > 0 && (
        <ul className="distances" aria-label="Distance to liquidation">
          {distances.map((one) => (
            <li key={one.underlying}>
              <strong>{one.name}</strong>
              {one.belowE8 === null && one.aboveE8 === null ? (
                <span className="quiet">no move of its price alone brings liquidation near</span>
              ) : big(one.belowE8) === big(one.spotE8) && one.belowE8 !== null ? (
                <span className="bad">can be liquidated now</span>
              ) : (
                <>
                  {one.belowPercent !== null && (
                    <span>
                      <span aria-hidden="true">↓ </span>
                      {one.belowPercent.replace("-", "−")} %{" "}
                      <span className="quiet">liquidation at {price(one.belowE8)}</span>
                    </span>
                  )}
                  {one.abovePercent !== null && (
                    <span>
                      <span aria-hidden="true">↑ </span>+{one.abovePercent} %{" "}
                      <span className="quiet">liquidation at {price(one.aboveE8)}</span>
                    </span>
                  )}
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
