declare module "virtual:abis" {
  import type { Abi } from "viem";
  export const errors: Abi;
  export const contracts: Record<
    "Clearinghouse" | "MarginVault" | "LiquidationHouse" | "PriceHub" | "Referee" | "RiskParameters",
    Abi
  >;
}
