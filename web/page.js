// Reads the solver's API every two seconds. Numbers come as decimal strings of integers with 8 decimals and stay exact.
const PAUSE_MILLISECONDS = 2000;
const LARGEST_PAGE = 100;

const element = (id) => document.getElementById(id);

/** Money of 8 decimals, in dollars and cents, cut toward zero. */
export function money(textE8) {
  const value = BigInt(textE8);
  const cents = (value < 0n ? -value : value) / 1_000_000n;
  const text = `${(cents / 100n).toLocaleString("en")}.${String(cents % 100n).padStart(2, "0")}`;
  return value < 0n && cents > 0n ? `-${text}` : text;
}

function row(cells, className = "") {
  const line = document.createElement("tr");
  line.className = className;
  for (const text of cells) line.insertCell().textContent = text;
  return line;
}

async function read(path) {
  const reply = await fetch(path);
  return { isOk: reply.ok, body: await reply.json() };
}

function showAccounts(page) {
  const rows = page.items.map(({ id, health, openLot }) =>
    health
      ? row(
          [
            id,
            money(health.equityE8),
            money(health.maintenanceMarginE8),
            money(health.initialMarginE8),
            health.healthE8 === null ? "–" : money(health.healthE8),
            openLot === "0" ? "" : openLot,
          ],
          BigInt(health.equityE8) < BigInt(health.maintenanceMarginE8) ? "under-water" : "",
        )
      : row([id, "–", "–", "–", "–", openLot === "0" ? "" : openLot]),
  );
  element("accounts").replaceChildren(...rows);
  element("more").hidden = page.next === null;
}

function showPrices(prices) {
  const rows = prices.prices.map(({ underlying, spotE8, marketState }) =>
    row([underlying, money(spotE8), marketState]),
  );
  element("prices").replaceChildren(...rows);
}

async function refresh() {
  try {
    const alive = await read("/healthz");
    const ready = await read("/readyz");
    const failing = ready.body.roles.filter((role) => !role.isWell).map((role) => `${role.name}: ${role.failure}`);
    element("status").textContent =
      `Solver ${alive.body.status}, ${ready.body.status}, block ${ready.body.block ?? "–"} of ${ready.body.chainHead ?? "–"}. ${failing.join(" ")}`;
    const [accounts, prices] = await Promise.all([read(`/api/accounts?limit=${LARGEST_PAGE}`), read("/api/prices")]);
    if (accounts.isOk) showAccounts(accounts.body);
    if (prices.isOk) showPrices(prices.body);
  } catch (error) {
    element("status").textContent = `The solver does not answer (${error.message}): check that it runs.`;
  }
  setTimeout(refresh, PAUSE_MILLISECONDS);
}

refresh();
