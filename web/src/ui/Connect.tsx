import { useEffect, useRef, useState } from "react";
import { useConnect, useConnection, useConnectors, useDisconnect, useSwitchChain } from "wagmi";
import { explain } from "../lib/errors";
import { useSetting } from "../lib/hooks";
import { short } from "../lib/numbers";

/** Connects a wallet that announced itself (EIP-6963), or the one that is injected. */
export function ConnectButton() {
  const { address, isConnected } = useConnection();
  const connectors = useConnectors();
  const connect = useConnect();
  const disconnect = useDisconnect();
  const [isOpen, setOpen] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const announced = connectors.filter((connector) => connector.id !== "injected");
  const wallets = announced.length > 0 ? announced : connectors.filter(() => "ethereum" in window);

  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  useEffect(() => {
    if (isConnected) setOpen(false);
  }, [isConnected]);

  if (isConnected && address) {
    return (
      <button
        type="button"
        className="ghost wallet"
        aria-label={`Disconnect ${short(address)}`}
        onClick={() => disconnect.mutate({})}
      >
        <span className="dot good" aria-hidden="true" /> {short(address)}
      </button>
    );
  }
  return (
    <>
      <button type="button" className="primary wallet" onClick={() => setOpen(true)}>
        Connect wallet
      </button>
      <dialog ref={dialog} aria-labelledby="wallets" onClose={() => setOpen(false)}>
        <h2 id="wallets">Choose a wallet</h2>
        {wallets.length === 0 && (
          <p>No wallet was found in this browser. Install one (any that follows EIP-6963), then reload this page.</p>
        )}
        <ul className="wallets">
          {wallets.map((connector) => (
            <li key={connector.uid}>
              <button
                type="button"
                className="ghost"
                disabled={connect.isPending}
                onClick={() => connect.mutate({ connector })}
              >
                {connector.icon && <img src={connector.icon} alt="" width="24" height="24" />}{" "}
                {connector.name === "Injected" ? "Browser wallet" : connector.name}
              </button>
            </li>
          ))}
        </ul>
        {connect.isPending && <p role="status">Look at your wallet.</p>}
        {connect.error && (
          <p className="bad" role="alert">
            {explain(connect.error)}
          </p>
        )}
        <button type="button" className="ghost" onClick={() => setOpen(false)}>
          Close
        </button>
      </dialog>
    </>
  );
}

/** Says so when the wallet is on another network, and offers to switch. */
export function NetworkNotice() {
  const { deployment, config } = useSetting();
  const { isConnected, chainId } = useConnection();
  const change = useSwitchChain();
  const wanted = Number(deployment.chainId);
  if (!isConnected || chainId === wanted) return null;
  return (
    <p className="notice bad" role="alert">
      <strong>Wrong network.</strong> Your wallet is on chain {chainId} and this deployment is on{" "}
      {config.chains[0].name} ({wanted}).{" "}
      <button
        type="button"
        className="primary"
        disabled={change.isPending}
        onClick={() => change.mutate({ chainId: wanted })}
      >
        Switch network
      </button>
      {change.error && <span> {explain(change.error)}</span>}
    </p>
  );
}
