using OnchainMargin.Margin;

namespace OnchainMargin.Solver.Markets;

/// <summary>A market that has moved: prices of one underlying and all of its volatilities, as factors in E8.</summary>
/// <param name="Underlying">The underlying; 0 for all.</param>
/// <param name="PriceE8">What its prices are multiplied by.</param>
/// <param name="VolatilityE8">What its volatilities are multiplied by; each strike keeps its own.</param>
internal readonly record struct Shock(ushort Underlying, long PriceE8, long VolatilityE8)
{
    /// <summary>One, as a factor.</summary>
    public const long One = 100_000_000;

    /// <summary>A move of price alone.</summary>
    public static Shock OfPrice(ushort underlying, long priceE8) => new(underlying, priceE8, One);

    /// <summary>The checkpoint after this move. What was published (surfaces' own forwards and times) stays, so a strike keeps its volatility.</summary>
    public Checkpoint Apply(Checkpoint checkpoint)
    {
        Shock self = this;
        return checkpoint with { Underlyings = [.. checkpoint.Underlyings.Select(record => self.Underlying == 0 || self.Underlying == record.Underlying ? self.Apply(record) : record)] };
    }

    private UnderlyingRecord Apply(UnderlyingRecord record)
    {
        Shock self = this;
        return record with
        {
            SpotE8 = Price(record.SpotE8),
            PerpetualMarkE8 = Price(record.PerpetualMarkE8),
            AverageSpotE8 = Price(record.AverageSpotE8),
            Expiries = [.. record.Expiries.Select(expiry => expiry with { Present = self.Apply(expiry.Present, record, expiry), Delayed = self.Apply(expiry.Delayed, record, expiry) })],
        };
    }

    /// <summary>In the settlement window only what follows the spot moves with it.</summary>
    private Surface Apply(Surface surface, UnderlyingRecord record, ExpiryRecord expiry)
    {
        Int128 square = (Int128)VolatilityE8 * VolatilityE8 / One;
        return surface with
        {
            ForwardE8 = expiry.FollowSeconds == Forwards.WindowSeconds ? Price(surface.ForwardE8) : Forwards.At(surface.ForwardE8, record.SpotE8, Price(record.SpotE8), expiry.FollowSeconds),
            AE12 = (long)(surface.AE12 * square / One),
            BE12 = (long)(surface.BE12 * square / One),
        };
    }

    private long Price(long priceE8) => priceE8 == 0 ? 0 : (long)Int128.Max(1, (Int128)priceE8 * PriceE8 / One);
}
