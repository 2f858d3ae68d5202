namespace OnchainMargin.Margin;

/// <summary>Interest on cash.</summary>
public static class Interest
{
    /// <summary>The index that cash of this sign stands at.</summary>
    /// <param name="cashE8">Cash.</param>
    /// <param name="header">A checkpoint's header, or that of live inputs.</param>
    [SpecRule("CLR-001")]
    public static ulong IndexOf(Int128 cashE8, CheckpointHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return cashE8 >= 0 ? header.CreditIndexE12 : header.DebtIndexE12;
    }

    /// <summary>Cash that stood at an index, at another: rounded down for credits and debts alike, so against the account.</summary>
    /// <param name="cashE8">Cash.</param>
    /// <param name="fromE12">The index it stood at.</param>
    /// <param name="toE12">The index now.</param>
    [SpecRule("CLR-001")]
    public static Int128 AccrueFloor(Int128 cashE8, ulong fromE12, ulong toE12) => cashE8 == 0 || fromE12 == toE12 ? cashE8 : Wide.MulDivFloor(cashE8, toE12, fromE12);

    /// <summary>What cash adds to the sum of debts, rounded down.</summary>
    /// <param name="cashE8">Cash.</param>
    /// <param name="indexE12">Its index.</param>
    [SpecRule("CLR-006")]
    public static Int128 DebtBase(Int128 cashE8, ulong indexE12) => cashE8 < 0 ? Wide.MulDivFloor(-cashE8, Rounding.OneE12, indexE12) : 0;

    /// <summary>What cash adds to the sum of credits, rounded up.</summary>
    /// <param name="cashE8">Cash.</param>
    /// <param name="indexE12">Its index.</param>
    [SpecRule("CLR-006")]
    public static Int128 CreditBase(Int128 cashE8, ulong indexE12) => cashE8 > 0 ? Wide.MulDivCeil(cashE8, Rounding.OneE12, indexE12) : 0;
}
