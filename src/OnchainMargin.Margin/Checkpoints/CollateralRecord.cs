namespace OnchainMargin.Margin;

/// <summary>One collateral token at a checkpoint.</summary>
/// <param name="Token">The token; 0 is the settlement token.</param>
/// <param name="Underlying">The underlying it is, or 0.</param>
/// <param name="Decimals">Decimals of the token, at most 18.</param>
/// <param name="HaircutE8">The haircut now (MRG-013).</param>
/// <param name="PriceE8">Its price, or the units of the underlying in one whole token.</param>
[SpecRule("MRG-004")]
public sealed record CollateralRecord(ushort Token, ushort Underlying, byte Decimals, long HaircutE8, long PriceE8)
{
    internal const int Bytes = 32;

    internal void Write(ref WordWriter writer)
    {
        writer.Unsigned(Token, 2);
        writer.Unsigned(Underlying, 2);
        writer.Unsigned(Decimals, 1);
        writer.Unsigned(HaircutE8, 4);
        writer.Unsigned(PriceE8, 8);
        writer.Zero(15);
    }

    internal static CollateralRecord? Read(ref WordReader reader)
    {
        ushort token = (ushort)reader.Unsigned(2);
        ushort underlying = (ushort)reader.Unsigned(2);
        byte decimals = (byte)reader.Unsigned(1);
        long haircutE8 = (long)reader.Unsigned(4);
        ulong priceE8 = reader.Unsigned(8);
        return reader.Zero(15) && priceE8 <= long.MaxValue && decimals <= 18 ? new CollateralRecord(token, underlying, decimals, haircutE8, (long)priceE8) : null;
    }
}
