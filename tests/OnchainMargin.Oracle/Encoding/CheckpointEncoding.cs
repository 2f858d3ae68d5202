using System.Numerics;
using static OnchainMargin.Oracle.Words;

namespace OnchainMargin.Oracle;

/// <summary>MRG-004.</summary>
public static class CheckpointEncoding
{
    /// <summary>Header and collateral records, without the hashes of the underlyings.</summary>
    public static byte[] PackHead(Checkpoint checkpoint) =>
    [
        .. Word((checkpoint.Id, 64), (checkpoint.Time, 40), (checkpoint.Underlyings.Count, 8), (checkpoint.Collaterals.Count, 8), (checkpoint.InitialFactorE8, 32)),
        .. Word((checkpoint.DebtIndexE12, 64), (checkpoint.CreditIndexE12, 64)),
        .. checkpoint.Collaterals.SelectMany(token => Word((token.Token, 16), (token.Underlying, 16), (token.Decimals, 8), (token.HaircutE8, 32), (token.PriceE8, 64))),
    ];

    /// <summary>A checkpoint from its head and all its records.</summary>
    public static Checkpoint Unpack(byte[] head, IEnumerable<byte[]> records)
    {
        BigInteger[] a = Fields(head.AsSpan(0, 32), 64, 40, 8, 8, 32);
        BigInteger[] b = Fields(head.AsSpan(32, 32), 64, 64);
        IEnumerable<CollateralRecord> tokens = Enumerable.Range(0, (int)a[3]).Select(j => Fields(head.AsSpan(64 + (32 * j), 32), 16, 16, 8, 32, 64))
            .Select(f => new CollateralRecord((int)f[0], (int)f[1], (int)f[2], f[3], f[4]));
        return new Checkpoint(a[0], a[1], a[4], b[0], b[1], [.. tokens], [.. records.Select(Unpack)]);
    }

    /// <summary>The record of an underlying.</summary>
    public static byte[] Pack(UnderlyingRecord u)
    {
        RiskParameters p = u.Parameters;
        return
        [
            .. Word((u.SpotE8, 64), (u.PerpetualMarkE8, 64), (u.SpreadE8, 64), (u.OpenInterestE8, 64)),
            .. Word((u.AverageSpotE8, 64), Twos(u.CumulativeFundingE8, 64), (u.DepthE8, 64), (u.Underlying, 16), (u.Group, 8), (u.MarketState, 8), (u.Expiries.Count, 8)),
            .. Word((p.PriceRangeE8, 32), (p.VolRangeE8, 32), (p.VolUpFloorE8, 32), (p.ShortOptionMinimumE8, 32), (p.BasisChargeE8, 32), (p.BasisRateE8, 32), (p.SlippageE8, 32), (p.SlippageCapE8, 32)),
            .. Word((p.CrowdingE8, 32), (p.VegaChargeE8, 32), (p.RateChargeE8, 32), (p.FloorRateE8, 32), (p.NettingFloorE8, 32)),
            .. u.Expiries.SelectMany(Pack),
        ];
    }

    /// <summary>The fields of a record, as a check of <see cref="Pack(UnderlyingRecord)"/> and for reading vectors.</summary>
    public static UnderlyingRecord Unpack(byte[] bytes)
    {
        BigInteger[] a = Fields(bytes.AsSpan(0, 32), 64, 64, 64, 64);
        BigInteger[] b = Fields(bytes.AsSpan(32, 32), 64, 64, 64, 16, 8, 8, 8);
        BigInteger[] c = Fields(bytes.AsSpan(64, 32), 32, 32, 32, 32, 32, 32, 32, 32);
        BigInteger[] d = Fields(bytes.AsSpan(96, 32), 32, 32, 32, 32, 32);
        List<ExpiryRecord> expiries = [];
        for (int at = 128; at < bytes.Length; at += 128)
        {
            BigInteger[] e0 = Fields(bytes.AsSpan(at, 32), 32, 40, 40, 64, 64, 16);
            BigInteger[] e2 = Fields(bytes.AsSpan(at + 64, 32), 64, 64);
            expiries.Add(new ExpiryRecord(e0[0], e0[1], e0[2], UnpackSurface(bytes.AsSpan(at + 32, 32), e0[3], e0[4]), UnpackSurface(bytes.AsSpan(at + 96, 32), e2[0], e2[1])) { FollowSeconds = e0[5] });
        }

        return new UnderlyingRecord(
            (int)b[3], (int)b[4], (int)b[5], a[0], a[1], a[2], a[3], b[0], FromTwos(b[1], 64), b[2],
            new RiskParameters(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], d[0], d[1], d[2], d[3], d[4]), expiries);
    }

    private static byte[] Pack(ExpiryRecord e) =>
    [
        .. Word((e.Expiry, 32), (e.SurfaceTime, 40), (e.DiscountE12, 40), (e.Present.ForwardE8, 64), (e.Present.PublishedForwardE8, 64), (e.FollowSeconds, 16)),
        .. Smile(e.Present),
        .. Word((e.Delayed.ForwardE8, 64), (e.Delayed.PublishedForwardE8, 64)),
        .. Smile(e.Delayed),
    ];

    private static byte[] Smile(Surface s) => Word(Twos(s.AE12, 64), (s.BE12, 64), Twos(s.RhoE8, 32), Twos(s.ME8, 32), (s.SigmaE8, 32));

    private static Surface UnpackSurface(ReadOnlySpan<byte> word, BigInteger forwardE8, BigInteger publishedForwardE8)
    {
        BigInteger[] f = Fields(word, 64, 64, 32, 32, 32);
        return new Surface(forwardE8, publishedForwardE8, FromTwos(f[0], 64), f[1], FromTwos(f[2], 32), FromTwos(f[3], 32), f[4]);
    }

    private static BigInteger FromTwos(BigInteger value, int bits) => value >= Integers.Two(bits - 1) ? value - Integers.Two(bits) : value;
}
