using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Keeping;

/// <summary>Amounts that a keeper reckons with at live prices.</summary>
internal static class KeeperMarket
{
    private const long One = 100_000_000;

    /// <summary>Σ |size|·spot over positions, in E8: what the inventory limit bounds.</summary>
    public static Int128 GrossE8(AccountState state, CheckpointInputs live)
    {
        Int128 gross = 0;
        foreach (Position position in state.Positions)
        {
            int at = position.Instrument.Underlying - 1;
            if (at < live.Checkpoint.Underlyings.Length)
            {
                gross += Int128.Abs(position.SizeE8) * live.Checkpoint.Underlyings[at].SpotE8 / One;
            }
        }

        return gross;
    }

    /// <summary>What a transaction costs in E8 of the settlement currency, rounded up.</summary>
    public static Int128 GasE8(ulong gas, UInt128 feePerGasWei, long nativePriceE8)
    {
        System.Numerics.BigInteger wei = (System.Numerics.BigInteger)gas * (System.Numerics.BigInteger)feePerGasWei;
        System.Numerics.BigInteger coin = System.Numerics.BigInteger.Pow(10, 18);
        return (Int128)(((wei * nativePriceE8) + coin - 1) / coin);
    }

    /// <summary>Equity and requirement at the surfaces that are better for the account, as the liquidation house reckons; null when the inputs do not belong together.</summary>
    public static AccountFigures? Figures(AccountState state, ImmutableArray<Balance> balances, CheckpointInputs live) =>
        MarginEngine.TryCompute(state, balances.AsSpan(), live.View, SurfaceChoice.Better, out AccountFigures figures) == MarginError.None ? figures : null;
}
