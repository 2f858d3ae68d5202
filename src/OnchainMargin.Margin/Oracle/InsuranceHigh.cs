using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>The highest insurance of a day and of the day before: the integers of <c>contracts/oracle/Drawdowns.sol</c>.</summary>
/// <param name="Day">Days since 1970 (UTC).</param>
/// <param name="HighE8">The highest of this day, E8 of money.</param>
/// <param name="PreviousHighE8">That of the day before.</param>
public readonly record struct InsuranceHigh(long Day, Int128 HighE8, Int128 PreviousHighE8)
{
    /// <summary>Beyond this fall every market takes reductions only, E8.</summary>
    public const long LimitE8 = 30_000_000;

    /// <summary>What the contract's field holds.</summary>
    private static readonly BigInteger _mostE8 = (BigInteger.One << 96) - 1;

    private const long DaySeconds = 86_400;
    private const long HighLeastE8 = 10_000 * Rounding.One;

    /// <summary>Takes the present insurance in.</summary>
    /// <param name="insuranceE8">The insurance of the ledger, E8 of money.</param>
    /// <param name="timeSeconds">Now, unix seconds.</param>
    /// <param name="isDrawn">Whether it lay beyond the limit: a high that stopped markets and that an exit has made small stops them still.</param>
    /// <param name="drawdownE8">How far it lies below its high, as a part of it, E8; 0 while the high says nothing.</param>
    [SpecRule("ORC-003")]
    public InsuranceHigh Next(Int128 insuranceE8, long timeSeconds, bool isDrawn, out long drawdownE8)
    {
        long day = timeSeconds / DaySeconds;
        InsuranceHigh next = day == Day ? this : new InsuranceHigh(day, insuranceE8, day == Day + 1 ? HighE8 : insuranceE8);
        next = next with { HighE8 = Int128.Max(next.HighE8, insuranceE8) };
        var highest = Int128.Max(next.HighE8, next.PreviousHighE8);
        drawdownE8 = highest < (isDrawn ? 1 : HighLeastE8) ? 0 : (long)((highest - insuranceE8) * Rounding.One / highest);
        return next;
    }

    /// <summary>What stakers bring or take out is neither gain nor loss: the highs follow in its proportion, so that the drawdown is that of a share. Highs that stopped nothing before a stake stop nothing after it: the fall from them was too small to stop a market, and a stake does not make it larger.</summary>
    /// <param name="beforeE8">The insurance before it, E8 of money; not 0.</param>
    /// <param name="afterE8">And after.</param>
    /// <param name="isDrawn">Whether it lies beyond the limit: who leaves and comes back ends no stop.</param>
    [SpecRule("ORC-003")]
    public InsuranceHigh Resize(Int128 beforeE8, Int128 afterE8, bool isDrawn)
    {
        if (!isDrawn && afterE8 > beforeE8 && Int128.Max(HighE8, PreviousHighE8) < HighLeastE8)
        {
            return this with { HighE8 = Held(afterE8), PreviousHighE8 = Held(afterE8) };
        }

        return this with { HighE8 = Scaled(HighE8), PreviousHighE8 = Scaled(PreviousHighE8) };

        Int128 Scaled(Int128 highE8) => Held((BigInteger)highE8 * (BigInteger)afterE8 / (BigInteger)beforeE8);

        static Int128 Held(BigInteger valueE8) => (Int128)BigInteger.Min(_mostE8, valueE8);
    }
}
