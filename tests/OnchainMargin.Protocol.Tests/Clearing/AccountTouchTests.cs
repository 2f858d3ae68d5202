using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Protocol.Tests.Clearing;

public sealed class AccountTouchTests
{
    private const ulong Earlier = 1_000_000_000_000;
    private const ulong Later = 1_100_000_000_000;

    private static readonly CheckpointHeader Header = new(1, 1000, 130_000_000, Earlier, Earlier);

    /// <summary>Cash that has its interest up to an operation stands at the index of that operation, which may be later than a checkpoint's: shown by that checkpoint it is no older.</summary>
    [Theory]
    [InlineData(-100, Later, 0, -100, Later)]
    [InlineData(100, Later, 0, 100, Later)]
    [InlineData(-100, Earlier / 2, 0, -200, Earlier)]
    [InlineData(-100, Later, 3, 200, Earlier)]
    public void Touched_ByAHeader_StandsAtTheLaterIndex(long cash, ulong index, ulong sweptRaw, long expected, ulong expectedIndex)
    {
        AccountState state = AccountState.Empty with { CashE8 = cash, InterestIndexE12 = index };

        AccountState touched = AccountTouch.Touched(state, sweptRaw == 0 ? [] : [new Balance(0, sweptRaw)], Header, 6, SettlementPrices.Empty, 1800).State;

        Assert.Equal((expected, expectedIndex), ((long)touched.CashE8, touched.InterestIndexE12));
    }

    /// <summary>What settlement tokens of any decimals are in cash, against the vectors that the Solidity reads, too (spec/attested).</summary>
    [Fact]
    public void SweptE8_IsThatOfTheVectors()
    {
        Columns v = Columns.Of("CLR-002");
        Assert.Equal(60, v.Count("swept"));
        for (int i = 0; i < v.Count("swept"); i++)
        {
            Assert.Equal(v.Large("swept", i), AccountTouch.SweptE8([new Balance(0, (UInt128)v.Large("raw", i))], (byte)v.Long("decimals", i)));
        }
    }

    /// <summary>What was locked before decays until now, and what expires is locked from now on (CLR-003 before CLR-018): decayed with it, a gain could be thought free that the chain holds for half an hour more.</summary>
    [Theory]
    [InlineData(1_000, 0)]
    [InlineData(9_100, 50)]
    public void Touched_WhatExpired_IsLockedFromNowOn(ulong gainTime, ulong leftE8)
    {
        const long PriceE8 = 6_000_00000000;
        AccountState state = AccountState.Empty with
        {
            Positions = [new Position(Instrument.Future(1, 7_200), 1_00000000, 0)],
            LockedGainE8 = 100,
            GainTime = gainTime,
        };

        AccountState touched = AccountTouch.Touched(state, [], Header with { Time = 10_000 }, 6, SettlementPrices.Empty.With(1, 7_200, PriceE8), 1800).State;

        Assert.Equal((PriceE8, (ulong)PriceE8 + leftE8, 10_000UL), ((long)touched.CashE8, touched.LockedGainE8, touched.GainTime));
        Assert.Empty(touched.Positions);
    }
}
