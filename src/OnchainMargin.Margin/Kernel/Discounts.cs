namespace OnchainMargin.Margin;

/// <summary>The discount factor of the governed rate.</summary>
public static class Discounts
{
    private const int Terms = 12;
    private const int Halvings = 4;

    private static readonly UInt128 OneQ60 = UInt128.One << 60;

    /// <summary>exp(−rate·τ) by its series at a sixteenth of the exponent, squared four times; at least 10⁻¹².</summary>
    /// <param name="rateE12">The governed rate a year, from 0 to 10¹².</param>
    /// <param name="tauSeconds">Time to expiry.</param>
    [SpecRule("MRG-027")]
    public static long Discount(long rateE12, long tauSeconds)
    {
        UInt128 numerator = (UInt128)rateE12 * (UInt128)tauSeconds;
        UInt128 divisor = (UInt128)Rounding.OneE12 * (UInt128)Rounding.Year;
        UInt128 four = OneQ60 * 4;

        // rate·τ is below 2⁷², so rate·τ·2⁶⁰ would not fit: beyond four the exponent is four, below it the product is short.
        UInt128 y = numerator >= divisor * 4 ? four : numerator * OneQ60 / divisor;
        UInt128 x = y >> Halvings;
        UInt128 t = OneQ60;
        UInt128 sum = OneQ60;
        for (uint i = 1; i <= Terms; i++)
        {
            t = t * x / (i * OneQ60);
            sum = i % 2 == 1 ? sum - t : sum + t;
        }

        for (int i = 0; i < Halvings; i++)
        {
            sum = (sum * sum) >> 60;
        }

        UInt128 discountE12 = ((sum * (UInt128)Rounding.OneE12) + (OneQ60 / 2)) / OneQ60;
        return discountE12 == 0 ? 1 : (long)discountE12;
    }
}
