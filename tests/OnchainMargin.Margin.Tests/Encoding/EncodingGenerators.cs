using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace OnchainMargin.Margin.Tests.Encoding;

/// <summary>Values of the whole domain of MRG-001 to MRG-004.</summary>
internal static class EncodingGenerators
{
    public static Gen<ulong> Bits64 => Gen.Choose(0, 0xffff).ArrayOf(4).Select(p => ((ulong)p[0] << 48) | ((ulong)p[1] << 32) | ((ulong)p[2] << 16) | (uint)p[3]);

    public static Gen<long> Choose64(long low, long high) => Bits64.Select(b => (long)(low + (Int128)(b % ((UInt128)((Int128)high - low) + 1))));

    public static Gen<Int128> Signed(int bits) =>
        from high in Choose64(0, long.MaxValue)
        from low in Choose64(long.MinValue, long.MaxValue)
        from shift in Gen.Choose(1, bits)
        from negative in Gen.Elements(true, false)
        let magnitude = (Int128)(new UInt128((ulong)high, unchecked((ulong)low)) >> (127 - shift))
        select negative ? -magnitude : magnitude;

    public static Gen<long> Unsigned(int bits) => Signed(bits).Select(v => (long)Int128.Abs(v));

    public static Gen<Instrument> AnyInstrument =>
        from underlying in Gen.Choose(1, ushort.MaxValue)
        from expiry in Choose64(1, uint.MaxValue)
        from strike in Choose64(1, (1L << 40) - 1)
        from kind in Gen.Elements(InstrumentKind.Perpetual, InstrumentKind.Future, InstrumentKind.Call, InstrumentKind.Put)
        select new Instrument(
            (ushort)underlying,
            kind == InstrumentKind.Perpetual ? 0 : (uint)expiry,
            kind >= InstrumentKind.Call ? strike : 0,
            kind);

    public static Gen<AccountState> State =>
        from instruments in AnyInstrument.ArrayOf()
        from sizes in Signed(53).Select(v => v == 0 ? 1 : (long)v).ArrayOf(instruments.Length)
        from costs in Signed(94).ArrayOf(instruments.Length)
        from cash in Signed(100)
        from words in Unsigned(63).ArrayOf(6)
        select new AccountState
        {
            CashE8 = cash,
            InterestIndexE12 = (ulong)words[0],
            Version = (uint)(words[1] & uint.MaxValue),
            Flags = (uint)(words[2] & 0xffffff),
            LockedGainE8 = (ulong)words[3],
            GainTime = (ulong)words[4] & 0xff_ffff_ffff,
            LastOperation = (ulong)words[5] & 0xff_ffff_ffff,
            Positions = [.. instruments.Distinct().OrderBy(i => i.Packed).Zip(sizes, costs).Select(p => new Position(p.First, p.Second, p.Third)).Take(AccountState.PositionsMax)],
        };

    public static Gen<Surface> AnySurface =>
        from forward in Unsigned(49)
        from published in Unsigned(49)
        from a in Signed(53)
        from b in Unsigned(52)
        from rho in Gen.Choose(-100_000_000, 100_000_000)
        from m in Gen.Choose(-600_000_000, 600_000_000)
        from sigma in Gen.Choose(1, 600_000_000)
        select new Surface(forward, published, (long)a, b, rho, m, sigma);

    public static Gen<ExpiryRecord> Expiry =>
        from expiry in Choose64(1, uint.MaxValue)
        from time in Unsigned(40)
        from discount in Choose64(1, 1_000_000_000_000)
        from present in AnySurface
        from delayed in AnySurface
        from follow in Gen.Choose(0, 1800)
        select new ExpiryRecord((uint)expiry, time, discount, present, delayed) { FollowSeconds = follow };

    public static Gen<UnderlyingRecord> Underlying(int number) =>
        from prices in Unsigned(62).ArrayOf(6)
        from funding in Signed(62)
        from riskGroup in Gen.Choose(0, 255)
        from state in Gen.Elements(MarketState.Normal, MarketState.ReduceOnly, MarketState.Halted)
        from p in Choose64(0, uint.MaxValue).Select(v => (uint)v).ArrayOf(13)
        from expiries in Expiry.ListOf()
        select new UnderlyingRecord(
            (ushort)number, (byte)riskGroup, state, prices[0], prices[1], prices[2], prices[3], prices[4], (long)funding, prices[5],
            new RiskParameters(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12]),
            [.. expiries]);

    public static Gen<Checkpoint> AnyCheckpoint =>
        from id in Unsigned(63)
        from time in Unsigned(40)
        from factor in Gen.Choose(100_000_000, 300_000_000)
        from debt in Unsigned(63)
        from credit in Unsigned(63)
        from tokens in Gen.Choose(0, 65_535).ListOf()
        from price in Unsigned(48)
        from haircut in Gen.Choose(0, 100_000_000)
        from decimals in Gen.Choose(0, 18)
        from first in Underlying(1)
        from second in Underlying(2)
        select new Checkpoint(
            new CheckpointHeader((ulong)id, time, factor, (ulong)debt, (ulong)credit),
            [.. tokens.Distinct().Order().Select(t => new CollateralRecord((ushort)t, (ushort)(t % 3), (byte)decimals, haircut, price)).Take(32)],
            ImmutableArray.Create(first, second));
}
