using System.Collections.Immutable;
using System.Numerics;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Clearing;

/// <summary>What every operation does to an account first (spec/clearing.md, section 1): interest, sweep, locked gains. Equal to the contract's to the last unit.</summary>
public static class AccountTouch
{
    private const int CashDecimals = 8;

    /// <summary>The cash with the interest since its index.</summary>
    /// <param name="state">The state.</param>
    /// <param name="indices">Whose indices count: the last checkpoint's.</param>
    [SpecRule("CLR-001")]
    public static Int128 CashWithInterest(AccountState state, CheckpointHeader indices)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(indices);
        if (state.CashE8 == 0)
        {
            return 0;
        }

        BigInteger product = (BigInteger)state.CashE8 * IndexOf(state.CashE8, indices);
        BigInteger quotient = BigInteger.DivRem(product, state.InterestIndexE12, out BigInteger rest);
        return (Int128)(rest.Sign < 0 ? quotient - 1 : quotient);
    }

    /// <summary>The cash that the settlement token in the vault becomes.</summary>
    /// <param name="balances">Tokens of the account.</param>
    /// <param name="settlementDecimals">Decimals of the settlement token, at most 8.</param>
    [SpecRule("CLR-002")]
    public static Int128 SweptE8(ImmutableArray<Balance> balances, byte settlementDecimals)
    {
        UInt128 raw = balances.FirstOrDefault(static balance => balance.Token == 0).AmountRaw;
        return checked((Int128)raw * (Int128)BigInteger.Pow(10, CashDecimals - settlementDecimals));
    }

    /// <summary>Gains that are still locked.</summary>
    /// <param name="state">The state.</param>
    /// <param name="timeSeconds">Now.</param>
    /// <param name="windowSeconds">The averaging window.</param>
    [SpecRule("CLR-003")]
    public static ulong LockedAt(AccountState state, ulong timeSeconds, uint windowSeconds)
    {
        ArgumentNullException.ThrowIfNull(state);
        ulong elapsed = timeSeconds - state.GainTime;
        return elapsed >= windowSeconds ? 0 : (ulong)((((UInt128)state.LockedGainE8 * (windowSeconds - elapsed)) + windowSeconds - 1) / windowSeconds);
    }

    /// <summary>The account as an operation finds it after the touch: state and the tokens that are left in the vault.</summary>
    /// <param name="state">The stored state.</param>
    /// <param name="balances">Its tokens.</param>
    /// <param name="indices">The last checkpoint's header.</param>
    /// <param name="settlementDecimals">Decimals of the settlement token.</param>
    public static (AccountState State, ImmutableArray<Balance> Balances) Touched(AccountState state, ImmutableArray<Balance> balances, CheckpointHeader indices, byte settlementDecimals)
    {
        ArgumentNullException.ThrowIfNull(state);
        Int128 cash = CashWithInterest(state, indices) + SweptE8(balances, settlementDecimals);
        return (state with { CashE8 = cash, InterestIndexE12 = IndexOf(cash, indices) }, Book.Balances.WithoutSettlement(balances));
    }

    private static ulong IndexOf(Int128 cash, CheckpointHeader indices) => cash >= 0 ? indices.CreditIndexE12 : indices.DebtIndexE12;
}
