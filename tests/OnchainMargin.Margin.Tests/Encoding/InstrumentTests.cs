using FsCheck;
using FsCheck.Fluent;

namespace OnchainMargin.Margin.Tests.Encoding;

public sealed class InstrumentTests
{
    [Fact]
    public void Packed_KnownCall_HasFieldsInPlace()
    {
        Instrument call = Instrument.Call(0x0102, 0x03040506, 0x0708090A0B);
        Assert.Equal(UInt128.Parse("0102030405060708090A0B02", System.Globalization.NumberStyles.HexNumber), call.Packed);
        Assert.Equal(0x0708090A0BL * 10_000, call.StrikeE8);
    }

    [Fact]
    public void Unpack_Packed_IsIdentity() =>
        Check.QuickThrowOnFailure(Prop.ForAll(EncodingGenerators.AnyInstrument.ToArbitrary(), i => Instrument.Unpack(i.Packed) == i && i.IsValid));

    [Fact]
    public void Order_OfNumbers_IsOrderOfFields()
    {
        Gen<(Instrument, Instrument)> pairs = EncodingGenerators.AnyInstrument.SelectMany(a => EncodingGenerators.AnyInstrument, (a, b) => (a, b));
        Check.QuickThrowOnFailure(Prop.ForAll(pairs.ToArbitrary(), p =>
            Math.Sign(p.Item1.CompareTo(p.Item2)) == Math.Sign((p.Item1.Underlying, p.Item1.Expiry, p.Item1.StrikeE4, p.Item1.Kind).CompareTo((p.Item2.Underlying, p.Item2.Expiry, p.Item2.StrikeE4, p.Item2.Kind)))));
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(1, 0, 1, 0)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 1, 0, 2)]
    [InlineData(1, 0, 1, 3)]
    [InlineData(1, 1, 1, 4)]
    public void IsValid_FieldsThatTheKindHasNot_IsFalse(int underlying, uint expiry, long strike, int kind) =>
        Assert.False(new Instrument((ushort)underlying, expiry, strike, (InstrumentKind)kind).IsValid);
}
