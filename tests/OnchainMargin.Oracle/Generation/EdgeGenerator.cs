using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>
/// Accounts of few positions, each at an edge of its own: a strike held at ±6 beside narrow ones, the settlement window and its ends, price ranges beside those whose logarithms are known, a call
/// and a put that cancel, sizes at their bounds, many tokens of one underlying. What one position leaves behind for the next differs most where neighbours are of different kinds.
/// </summary>
public sealed class EdgeGenerator(int seed) : AccountGenerator(seed)
{
    private static readonly long[] TimesToExpiry =
    [
        -100_000, -1, 0, 1, 30, 59, 60, 61, 900, 1799, 1800, 1801, 7200, 86_399, 86_400, 86_401, 604_799, 604_801, 2_592_000, 7_776_000, 31_535_999, 31_536_000, 63_072_000,
    ];

    /// <summary>e⁶, E13: a strike this many times its forward away is held.</summary>
    private static readonly BigInteger Sixth = 4_034_287_934_927_351;

    /// <inheritdoc/>
    public override Checkpoint Market()
    {
        List<UnderlyingRecord> underlyings = [.. Enumerable.Range(1, Pick(1, 2, 3, 4, Chance(0.1) ? 64 : 6)).Select(Underlying)];
        List<CollateralRecord> tokens =
        [
            .. Enumerable.Range(0, Pick(1, 3, 8, 32)).Select(token => new CollateralRecord(
                token, Chance(0.6) ? Pick([.. underlyings.Select(u => u.Underlying)]) : 0, Pick(0, 6, 8, 18), Pick<BigInteger>(0, 5_000_000, 100_000_000), Pick(Ten(8), Ten(8), 0, 1, Two(48)))),
        ];
        return new Checkpoint(1, Now, Pick<BigInteger>(100_000_000, 130_000_000, 300_000_000), SpecConstants.OneE12, 1_000_000, tokens, underlyings);
    }

    /// <inheritdoc/>
    public override AccountInputs Account(Checkpoint market)
    {
        int count = Pick(1, 2, 2, 3, 4, 6, 9, Chance(0.2) ? 128 : 16);
        // Money near the logarithms' size shows best where one stands in the other's place.
        BigInteger ordinary = Ten(Pick(4, 5, 6, 7, 8, 10, 13));
        Dictionary<BigInteger, Position> positions = [];
        while (positions.Count < count && count > 0)
        {
            Instrument instrument = Instrument(Pick([.. market.Underlyings]));
            BigInteger size = Size(ordinary);
            positions[instrument.Packed] = new Position(instrument, size, instrument.IsOption ? 0 : EitherSign(Pick(0, 1, Two(95) - 1)));
            if (instrument.IsOption && Chance(0.4) && positions.Count < 128)
            {
                Instrument other = instrument with { Kind = instrument.Kind == Kind.Call ? Kind.Put : Kind.Call };
                positions[other.Packed] = new Position(other, Pick(-size, size, Size(ordinary)), 0);
            }

            // A market without expiries has perpetuals only.
            count = Chance(0.1) ? positions.Count : count;
        }

        List<Balance> balances = [.. market.Collaterals.Where(_ => Chance(0.5)).Select(token => new Balance(token.Token, Pick(0, 1, Ten(token.Decimals), 123_456 * Ten(token.Decimals), Two(128) - 1)))];
        return new AccountInputs(AccountState.Of(EitherSign(Pick(0, Ten(13), Two(100) - 1)), positions.Values), balances, market, Pick(Choice.Present, Choice.Better, Choice.Worse));
    }

    /// <inheritdoc/>
    public override Instrument Instrument(UnderlyingRecord u)
    {
        if (u.Expiries.Count == 0 || Chance(0.07))
        {
            return new Instrument(u.Underlying, 0, 0, Kind.Perpetual);
        }

        ExpiryRecord expiry = Pick([.. u.Expiries]);
        if (Chance(0.1))
        {
            return new Instrument(u.Underlying, expiry.Expiry, 0, Kind.Future);
        }

        BigInteger forward = Pick(expiry.Present, expiry.Delayed).ForwardE8;
        BigInteger strikeE4 = Pick(0, 1, 1, 2, 3, 4) switch
        {
            0 => Near(forward * Between(70, 130), 1_000_000),
            1 => Near(forward * ((4 * Ten(8)) + (Pick(-12, -8, -4, -3, -2, -1, 0, 1, 2, 3, 4, 8, 12, 24, 48) * u.Parameters.PriceRangeE8)), 4 * Ten(12)) + Pick(-1, 0, 0, 1),
            2 => Near(forward * Ten(9), Sixth) + Pick(-1, 0, 1),
            3 => Near(forward * Sixth, Ten(17)) + Pick(-1, 0, 1),
            _ => Pick(1, Two(40) - 1, Near(forward, 10_000_000_000), Near(forward, 10)),
        };
        return new Instrument(u.Underlying, expiry.Expiry, Clamp(strikeE4, 1, Two(40) - 1), Pick(Kind.Call, Kind.Put));
    }

    /// <inheritdoc/>
    public override BigInteger FillSize() => Size(Ten(9));

    private BigInteger Size(BigInteger ordinary) => EitherSign(Chance(0.5) ? ordinary : Pick(1, 3, Two(53) - 1, Two(53), ordinary + 1));

    private UnderlyingRecord Underlying(int number)
    {
        BigInteger spot = Chance(0.8) ? Pick<BigInteger>(300_000_000_000, 9_000_000_000_000) : Pick(1, 2, Ten(8), Two(48) - 1, Two(48));
        BigInteger range = Chance(0.2)
            ? Between(1_000_000, 32_000_000)
            : Pick<BigInteger>(1_000_000, 13_999_999, 14_000_000, 14_000_001, 15_999_999, 16_000_000, 16_000_001, 24_999_999, 25_000_000, 25_000_001, 31_999_999, 32_000_000);
        var parameters = new RiskParameters(
            range, Pick<BigInteger>(50_000_000, 0, 200_000_000), Pick<BigInteger>(50_000_000, 0, 500_000_000), Share(1_000_000), Share(400_000), Share(7_500_000), Share(1_000_000), Share(10_000_000), Share(5_000_000), Share(10_000_000),
            Share(1_000_000), Pick<BigInteger>(1_000_000, 0, 10_000_000), Pick<BigInteger>(50_000_000, 100_000_000));
        return new UnderlyingRecord(
            number, Pick(1, 1, 2, 255), 0, spot, Pick(spot, 1, Two(48)), Pick(0, spot), Pick(0, Ten(13), Two(62)), spot, EitherSign(Pick(0, 12_345, Two(62))), Pick(500_000_000_000, Ten(8), Two(62)), parameters,
            [.. TimesToExpiry.Where(_ => Chance(0.35)).Select(tau => Expiry(tau, spot))]);
    }

    private ExpiryRecord Expiry(long tau, BigInteger spot)
    {
        Surface present = Surface(spot);
        Surface delayed = Pick(present, present with { RhoE8 = -present.RhoE8, ForwardE8 = Clamp(present.ForwardE8 + 1, 1, Two(49)) }, Surface(spot));
        return new ExpiryRecord(Now + tau, Now - Pick<BigInteger>(0, 600, 601, 40_000, 87_000, 100_000), tau <= 0 ? SpecConstants.OneE12 : Pick(SpecConstants.OneE12, SpecConstants.OneE12 - 1, 950_000_000_000, 1), present, delayed) { FollowSeconds = Following(tau) };
    }

    private Surface Surface(BigInteger spot)
    {
        BigInteger forward = Chance(0.9) ? Near(spot * Pick(100, 100, 98, 103), 100) : Pick(1, Two(49));
        BigInteger published = Chance(0.85) ? Near(forward * Pick(100, 100, 90, 115), 100) : Pick(1, Two(49), Near(forward * Sixth, Ten(13)), Near(forward * Ten(13), Sixth));
        (forward, published) = (Clamp(forward, 1, Two(49)), Clamp(published, 1, Two(49)));
        return Pick(0, 0, 0, 1, 1, 2) switch
        {
            0 => new Surface(forward, published, Pick<BigInteger>(1_000_000_000, 90_000_000_000, 640_000_000_000, 9_000_000_000_000), Pick<BigInteger>(0, 200_000_000_000), Pick<BigInteger>(-60_000_000, 0, 30_000_000), Pick<BigInteger>(-5_000_000, 0), 20_000_000),
            1 => new Surface(forward, published, EitherSign(Two(53)), 0, 0, 0, 1),
            _ => new Surface(forward, published, Pick(-Two(53), 0, Two(53)), Two(52), Pick<BigInteger>(-100_000_000, 0, 100_000_000), Pick<BigInteger>(-600_000_000, 0, 600_000_000), Pick<BigInteger>(1, 600_000_000)),
        };
    }

    private BigInteger Share(BigInteger usual) => Pick(usual, usual, 0, 100_000_000);
}
