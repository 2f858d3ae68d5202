import type { Account, Position } from "../lib/api";
import { beside, cashOf } from "../lib/holdings";
import { useMargin, useSetting } from "../lib/hooks";
import { big, decimal, dollars, money, price, signed, size } from "../lib/numbers";
import { SETTLEMENT } from "../lib/wallet";

const tone = (e8: string | null): string => (e8 === null || big(e8) === 0n ? "" : big(e8) > 0n ? "good" : "bad");

/** The premium of an option moved cash when it was traded (its cost is 0), so that what the API calls its gain is its value. */
const isOption = (position: Position): boolean => position.kind === "Call" || position.kind === "Put";
const together = (positions: Position[]): bigint => positions.reduce((sum, position) => sum + big(position.gainE8), 0n);

export function Portfolio({ account }: { account: Account }) {
  const { deployment } = useSetting();
  const { data: margin } = useMargin(account.id);
  const settlement = deployment.tokens.find((one) => one.token === SETTLEMENT)!;
  const cash = cashOf(account, settlement.decimals);
  const options = account.positions.filter(isOption);
  const others = account.positions.filter((position) => !isOption(position));
  const [value, total] = [together(options), together(others)];
  return (
    <>
      <h2>Positions</h2>
      {account.positions.length === 0 ? (
        <p className="quiet">No positions yet. Deposit collateral under Funds, then trade.</p>
      ) : (
        <table className="cards">
          <thead>
            <tr>
              <th scope="col">Instrument</th>
              <th scope="col">Size</th>
              <th scope="col">Entry</th>
              <th scope="col">Mark</th>
              <th scope="col">Value</th>
              <th scope="col">Profit and loss</th>
            </tr>
          </thead>
          <tbody>
            {account.positions.map((position) => (
              <tr key={position.instrument} data-testid={`position-${position.name}`}>
                <th scope="row">{position.name}</th>
                <td data-label="Size">
                  <span className={big(position.sizeE8) > 0n ? "good" : "bad"}>
                    {big(position.sizeE8) > 0n ? "long" : "short"}
                  </span>{" "}
                  {size(position.sizeE8).replace("−", "")}
                </td>
                {isOption(position) ? (
                  <td data-label="Entry">
                    <span className="quiet">{big(position.sizeE8) > 0n ? "premium paid" : "premium received"}</span>
                  </td>
                ) : (
                  <td data-label="Entry">{price(position.entryE8)}</td>
                )}
                <td data-label="Mark">{price(position.markE8)}</td>
                <td data-label="Value">{isOption(position) ? dollars(position.gainE8) : "–"}</td>
                <td data-label="Profit and loss" className={isOption(position) ? "" : tone(position.gainE8)}>
                  {isOption(position) || position.gainE8 === null ? "–" : signed(position.gainE8)}
                </td>
              </tr>
            ))}
          </tbody>
          {account.positions.length > 1 && (
            <tfoot>
              <tr data-testid="together">
                <th scope="row" colSpan={4}>
                  Together
                </th>
                <td data-label="Value">{options.length > 0 ? dollars(value) : "–"}</td>
                <td data-label="Profit and loss" className={tone(total.toString())}>
                  {others.length > 0 ? signed(total) : "–"}
                </td>
              </tr>
            </tfoot>
          )}
        </table>
      )}
      {account.positions.length > 0 && (
        <p className="quiet">
          {others.length > 0 && "Entry is the price at which a position breaks even, funding included. "}
          {options.length > 0 && "The premium of an option moved cash when it was traded."}
        </p>
      )}
      <h2>Collateral</h2>
      <table className="cards">
        <thead>
          <tr>
            <th scope="col">Token</th>
            <th scope="col">Amount</th>
            <th scope="col">Value</th>
            <th scope="col">Haircut</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{settlement.symbol} cash</th>
            <td data-label="Amount">{money(cash)}</td>
            <td data-label="Value">{dollars(cash)}</td>
            <td data-label="Haircut">{cash < 0n ? "borrowed, at interest" : "–"}</td>
          </tr>
          {(margin ? beside(margin) : []).map((row) => (
            <tr key={row.token}>
              <th scope="row">{row.symbol}</th>
              <td data-label="Amount">{decimal(big(row.amountRaw), row.decimals, 6, 0)}</td>
              <td data-label="Value">{dollars(row.valueE8)}</td>
              <td data-label="Haircut">{dollars(row.haircutE8)}</td>
            </tr>
          ))}
          {account.idle.map((row) => (
            <tr key={`idle-${row.token}`}>
              <th scope="row">{row.symbol} idle</th>
              <td data-label="Amount">{decimal(big(row.amountRaw), row.decimals, 6, 0)}</td>
              <td data-label="Value">counts for nothing</td>
              <td data-label="Haircut">–</td>
            </tr>
          ))}
        </tbody>
      </table>
      {margin && margin.greeks.length > 0 && (
        <>
          <h2>Greeks</h2>
          <table className="cards">
            <thead>
              <tr>
                <th scope="col">Underlying</th>
                <th scope="col">Delta</th>
                <th scope="col">Gamma</th>
                <th scope="col">Vega a point</th>
                <th scope="col">Theta a day</th>
              </tr>
            </thead>
            <tbody>
              {margin.greeks.map((row) => (
                <tr key={`${row.underlying}-${row.expirySeconds}`}>
                  <th scope="row">
                    {deployment.underlyings.find((one) => one.underlying === row.underlying)?.name}{" "}
                    <span className="quiet">
                      {row.expirySeconds === "0"
                        ? "spot and perpetual"
                        : new Date(Number(row.expirySeconds) * 1000).toLocaleDateString("en-GB", {
                            day: "numeric",
                            month: "short",
                            year: "2-digit",
                          })}
                    </span>
                  </th>
                  <td data-label="Delta">{decimal(big(row.deltaE8), 8, 4)}</td>
                  <td data-label="Gamma">{decimal(big(row.gammaE16), 16, 8, 0)}</td>
                  <td data-label="Vega a point">{dollars(row.vegaE8)}</td>
                  <td data-label="Theta a day">{dollars(row.thetaE8)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}
