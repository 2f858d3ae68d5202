import type { Auction, Deployment } from "./api";
import { big } from "./numbers";

/** The discount of an auction at a second, as the chain reckons it: it rises from the end of grace, or earlier by the age of the auction that it resumes. */
export function discountE8(
  auction: Pick<Auction, "startSeconds">,
  parameters: Pick<Deployment["parameters"], "discountMaxE8" | "discountRampSeconds">,
  now: number,
): bigint {
  const ramp = BigInt(parameters.discountRampSeconds);
  const age = BigInt(Math.max(0, Math.floor(now) - Number(auction.startSeconds)));
  return ramp === 0n ? 0n : (big(parameters.discountMaxE8) * (age < ramp ? age : ramp)) / ramp;
}
