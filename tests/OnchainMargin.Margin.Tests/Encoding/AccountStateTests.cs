using FsCheck;
using FsCheck.Fluent;

namespace OnchainMargin.Margin.Tests.Encoding;

public sealed class AccountStateTests
{
    private static readonly Position Perpetual = new(Instrument.Perpetual(1), -1, 5);
    private static readonly Position Call = new(Instrument.Call(1, 100, 7), 2, -5);

    [Fact]
    public void Unpack_Packed_IsIdentity() => Check.QuickThrowOnFailure(Prop.ForAll(EncodingGenerators.State.ToArbitrary(), state =>
        AccountState.Unpack(state.Pack(), out AccountState? read) == MarginError.None && state.Equals(read)));

    [Fact]
    public void Pack_SmallNegatives_KeepZeroBytes()
    {
        byte[] packed = new AccountState { CashE8 = -2, Positions = [Perpetual] }.Pack();
        Assert.Equal(96, packed.Length);
        Assert.Equal(3, packed[15]);
        Assert.Equal(1, packed[28]);
        Assert.Equal(1, packed[64 + 19]);
        Assert.Equal(10, packed[64 + 31]);
    }

    [Fact]
    public void Empty_Packed_IsZeroButFormat()
    {
        byte[] packed = AccountState.Empty.Pack();
        Assert.Equal(64, packed.Length);
        Assert.Equal(28, Array.FindIndex(packed, b => b != 0));
        Assert.Single(packed, b => b != 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(65)]
    [InlineData(131 * 32)]
    public void Unpack_WrongLength_IsMalformed(int length)
    {
        byte[] source = new byte[length];
        Assert.Equal(MarginError.StateMalformed, AccountState.Unpack(source, out AccountState? state));
        Assert.Null(state);
    }

    [Theory]
    [InlineData(28, 2)]
    [InlineData(28, 0)]
    [InlineData(50, 1)]
    [InlineData(63, 128)]
    public void Unpack_WrongFormatOrSpare_IsMalformed(int offset, byte value)
    {
        byte[] source = AccountState.Empty.Pack();
        source[offset] = value;
        Assert.Equal(MarginError.StateMalformed, AccountState.Unpack(source, out _));
    }

    [Fact]
    public void Unpack_BadPositions_NamesTheFirstErrorOfTheRule()
    {
        Assert.Equal(MarginError.PositionsUnsorted, Read(Call, Perpetual));
        Assert.Equal(MarginError.PositionsUnsorted, Read(Call, Call));
        Assert.Equal(MarginError.PositionEmpty, Read(Perpetual, Call with { SizeE8 = 0 }));
        Assert.Equal(MarginError.PositionsUnsorted, Read(Call with { SizeE8 = 0 }, Perpetual));
        Assert.Equal(MarginError.InstrumentInvalid, Read(Perpetual, new Position(new Instrument(2, 0, 1, InstrumentKind.Put), 1, 0)));
        Assert.Equal(MarginError.None, Read(Perpetual, Call));
    }

    [Fact]
    public void IndexOf_HeldAndNotHeld_FindsPlaces()
    {
        var state = new AccountState { Positions = [Perpetual, Call] };
        Assert.Equal(0, state.IndexOf(Perpetual.Instrument));
        Assert.Equal(1, state.IndexOf(Call.Instrument));
        Assert.Equal(~1, state.IndexOf(Instrument.Future(1, 100)));
        Assert.Equal(~2, state.IndexOf(Instrument.Put(1, 100, 7)));
    }

    [Fact]
    public void ZigZag_Both_AreInverse() => Check.QuickThrowOnFailure(Prop.ForAll(EncodingGenerators.Signed(127).ToArbitrary(), v =>
        ZigZag.Decode(ZigZag.Encode(v)) == v && ZigZag.Decode64(ZigZag.Encode64((long)(v >> 64))) == (long)(v >> 64)
        && ZigZag.Encode(v) == (v >= 0 ? (UInt128)v * 2 : ((UInt128)(-(v + 1)) * 2) + 1)));

    private static MarginError Read(params Position[] positions) => AccountState.Unpack(new AccountState { Positions = [.. positions] }.Pack(), out _);
}
