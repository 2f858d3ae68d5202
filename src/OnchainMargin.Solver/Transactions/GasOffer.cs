using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Transactions;

/// <summary>What a transaction offers for a unit of gas.</summary>
/// <param name="MaxFeePerGasWei">The most it pays.</param>
/// <param name="TipPerGasWei">What of that goes to the block's proposer.</param>
internal sealed record GasOffer(UInt256 MaxFeePerGasWei, UInt256 TipPerGasWei)
{
    /// <summary>Wei in a gwei.</summary>
    public const ulong WeiPerGwei = 1_000_000_000;

    private const uint PoolBumpPercent = 10;

    /// <summary>The base fee up to which the whole tip is paid.</summary>
    public UInt256 MostBaseFeePerGasWei => MaxFeePerGasWei - TipPerGasWei;

    /// <summary>The base fee that an estimate was made at: it leaves room for twice as much (<see cref="Ethereum.Node.FeeEstimate"/>). Of a plain price of gas 0, since all of that is tip.</summary>
    public UInt256 BaseFeePerGasWei => MostBaseFeePerGasWei >> 1;

    /// <summary>What an estimate is expected to pay in the next blocks, about half of the most.</summary>
    public UInt256 ExpectedPerGasWei => BaseFeePerGasWei + TipPerGasWei;

    /// <summary>An offer that nodes accept in place of this one: both parts raised by the given percentage, at least by the tenth that transaction pools ask for, and not below what is asked now.</summary>
    public GasOffer RaisedBy(uint percent, GasOffer asked)
    {
        uint raise = Math.Max(percent, PoolBumpPercent);
        return new GasOffer(Larger(Raise(MaxFeePerGasWei, raise), asked.MaxFeePerGasWei), Larger(Raise(TipPerGasWei, raise), asked.TipPerGasWei));
    }

    /// <summary>An offer that nodes accept in place of this one and that gives the base fee twice the room: the tip, which is paid whatever the base fee is, is raised by the tenth that pools ask for.</summary>
    public GasOffer WithTwiceTheRoom() => new(MaxFeePerGasWei << 1, Raise(TipPerGasWei, PoolBumpPercent));

    /// <summary>The offer with no larger tip than one is believed to need; the room for the base fee stays as it is.</summary>
    public GasOffer WithTipAtMost(UInt256 mostWei) => TipPerGasWei <= mostWei ? this : new GasOffer(MostBaseFeePerGasWei + mostWei, mostWei);

    /// <summary>The offer held under a cap.</summary>
    public GasOffer AtMost(UInt256 capWei) => new(Smaller(MaxFeePerGasWei, capWei), Smaller(TipPerGasWei, capWei));

    private static UInt256 Raise(UInt256 value, uint percent) => (((value * (100 + percent)) + 99U) / 100U) + 1U;

    private static UInt256 Larger(UInt256 a, UInt256 b) => a > b ? a : b;

    private static UInt256 Smaller(UInt256 a, UInt256 b) => a < b ? a : b;
}
