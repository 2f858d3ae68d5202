import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useConnection } from "wagmi";
import { api, type Epoch } from "../lib/api";
import { explain } from "../lib/errors";
import { FAST, useSetting } from "../lib/hooks";
import { big, decimal, short, time } from "../lib/numbers";
import { checkOnChain, type Comparison } from "../lib/wallet";

/** How an epoch's root stands to what the solver computed for itself. */
const rootOf = (epoch: Epoch): "same" | "different" | "unknown" =>
  epoch.isComputedHere ? "same" : epoch.rootHere === null ? "unknown" : "different";
const roots = { same: "yes", different: "no, another root", unknown: "no longer kept" };

/** Who signs, what they signed, and the button that needs none of them: the referee recomputes the account on chain. */
export function Trust({ id }: { id: string | null }) {
  const { deployment } = useSetting();
  const { data: epochs } = useQuery({ queryKey: ["epochs"], queryFn: api.epochs, refetchInterval: FAST * 2 });
  const { data: attesters } = useQuery({ queryKey: ["attesters"], queryFn: api.attesters, refetchInterval: FAST * 10 });
  const latest = epochs?.[0];
  const settlement = deployment.tokens[0];
  return (
    <>
      <h2>Check it on chain</h2>
      <p>
        The node of the wallet that is connected runs the referee contract on your account at the last checkpoint, and
        each integer is set beside what this solver computed for the same one; the figures above are newer, at the
        prices of this moment. No signature is believed, and of the solver only where the contracts are: compare the
        addresses below with those of the deployment. Where that node does not answer, one that the solver names is
        asked, and the verdict says so.
      </p>
      {id ? <Check id={id} /> : <p className="quiet">Connect a wallet and open an account first.</p>}
      <h2>Attestations</h2>
      {latest ? (
        <p className="statement">
          Epoch {latest.epoch} covers {latest.accounts} accounts at checkpoint {latest.checkpoint}. {latest.signatures}{" "}
          attesters signed it, {latest.threshold} are needed.{" "}
          {rootOf(latest) === "same"
            ? "This solver computed the same root for itself."
            : rootOf(latest) === "unknown"
              ? "This solver has not computed that root for itself."
              : ""}
        </p>
      ) : (
        <p className="quiet">No epoch was posted yet. Everything works without: health is then computed on chain.</p>
      )}
      {epochs
        ?.filter((epoch) => rootOf(epoch) === "different")
        .map((epoch) => (
          <p key={epoch.epoch} className="notice bad" role="alert">
            <strong>The root of epoch {epoch.epoch} is not what this solver computed</strong> for checkpoint{" "}
            {epoch.checkpoint}. Its attesters are wrong, or this solver is: no figure of either is to be trusted before
            one of the two is found out. Check your account on chain above.
          </p>
        ))}
      {epochs && epochs.length > 0 && (
        <table className="cards">
          <thead>
            <tr>
              <th scope="col">Epoch</th>
              <th scope="col">Checkpoint</th>
              <th scope="col">Accounts</th>
              <th scope="col">Root</th>
              <th scope="col">Computed here</th>
            </tr>
          </thead>
          <tbody>
            {epochs.map((epoch) => (
              <tr key={epoch.epoch}>
                <th scope="row">{epoch.epoch}</th>
                <td data-label="Checkpoint">{epoch.checkpoint}</td>
                <td data-label="Accounts">{epoch.accounts}</td>
                <td data-label="Root">
                  <code>{epoch.bookRoot.slice(0, 14)}…</code>
                </td>
                <td data-label="Computed here">{roots[rootOf(epoch)]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>Attesters and their bonds</h2>
      <p>
        Whoever signs a requirement that is too low loses the bond: a tenth to the first who proves it, the rest to
        insurance. A bond stays locked after its owner has left, for as long as what was signed can be challenged.
      </p>
      {attesters && attesters.length > 0 && (
        <table className="cards" data-testid="bonds">
          <thead>
            <tr>
              <th scope="col">Attester</th>
              <th scope="col">Bond</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {attesters.map((one) => (
              <tr key={one.address}>
                <th scope="row">
                  <code title={one.address}>{short(one.address)}</code>
                  {one.isHere ? " (this solver's key)" : ""}
                </th>
                <td data-label="Bond">
                  {decimal(big(one.bondRaw), settlement.decimals, 2)} {settlement.symbol}
                </td>
                <td data-label="State" className={one.isSlashed ? "bad" : ""}>
                  {one.isSlashed
                    ? "proved wrong, bond lost"
                    : one.isSitting
                      ? "its signature counts"
                      : one.releaseSeconds !== "0"
                        ? `left, locked until ${time(one.releaseSeconds)}`
                        : "left"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>Who and what</h2>
      <dl className="addresses">
        <div>
          <dt>Margin model</dt>
          <dd>
            <code>{deployment.modelHash.slice(0, 14)}…</code>
          </dd>
        </div>
        {Object.entries(deployment.contracts).map(([name, address]) => (
          <div key={name}>
            <dt>{name.replace(/([A-Z])/g, " $1").toLowerCase()}</dt>
            <dd>
              <code title={address}>{short(address)}</code>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Check({ id }: { id: string }) {
  const { deployment, config } = useSetting();
  const { isConnected } = useConnection();
  const [rows, setRows] = useState<{ checkpoint: string; comparisons: Comparison[]; isOwn: boolean } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    setFailure(null);
    setRows(null);
    try {
      const inputs = await api.inputs(id);
      setRows({ checkpoint: inputs.checkpoint, ...(await checkOnChain(config, deployment, inputs)) });
    } catch (error) {
      setFailure(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const isSame = rows?.comparisons.every((row) => row.isSame);
  return (
    <>
      <button type="button" className="primary" disabled={!isConnected || isBusy} onClick={() => void check()}>
        {isBusy ? "The referee computes…" : `Check account ${id} on chain`}
      </button>
      {failure && (
        <p className="bad" role="alert">
          {failure}
        </p>
      )}
      {rows && (
        <>
          <p role="status" data-testid="verdict" className={`statement ${isSame ? "good" : "bad"}`}>
            {isSame
              ? `Every integer at checkpoint ${rows.checkpoint} is the same here and on chain.`
              : "Something differs. Do not trust the figures of this solver, and keep a copy of this page."}{" "}
            {rows.isOwn
              ? "Your wallet's own node was asked."
              : "Your wallet's node did not answer: the one that this solver names was asked, so that this rests on the solver's word."}
          </p>
          <table className="checks-table">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">This solver</th>
                <th scope="col">The chain</th>
                <th scope="col">
                  <span className="hidden">Same</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.comparisons.map((row) => (
                <tr key={row.name} className={row.isSame ? "" : "bad"}>
                  <th scope="row">{row.name}</th>
                  <td>
                    <code title={row.here}>{cut(row.here)}</code>
                  </td>
                  <td>
                    <code title={row.there}>{cut(row.there)}</code>
                  </td>
                  <td aria-label={row.isSame ? "same" : "differs"}>{row.isSame ? "✓" : "≠"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}

const cut = (text: string): string => (text.length > 26 ? `${text.slice(0, 14)}…${text.slice(-6)}` : text);
