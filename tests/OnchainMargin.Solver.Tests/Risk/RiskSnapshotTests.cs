using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Risk;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Risk;

/// <summary>Who is said to be under water is whom liquidations find (CLR-040).</summary>
public sealed class RiskSnapshotTests
{
    /// <summary>For a while after a surface was published liquidations take the one before it where that is better for the account.</summary>
    [Fact]
    public void UnderWater_ShortOptionUnderANewSurface_IsWhomLiquidationsFind()
    {
        CheckpointInputs inputs = UnderANewSurface();
        BookAccount account = Books.Account(1, 0, 0, 0) with { State = AccountState.Empty with { InterestIndexE12 = 1_000_000_000_000, Positions = [new Position(Instrument.Put(2, ApiWorld.Expiry, 30_000_000), -10 * ApiWorld.One, 0)] } };
        (Int128 present, Int128 better) = (Excess(account, inputs, SurfaceChoice.Present), Excess(account, inputs, SurfaceChoice.Better));
        account = account with { State = account.State with { CashE8 = -(present + better) / 2 } };
        Assert.True(Excess(account, inputs, SurfaceChoice.Present) < 0 && Excess(account, inputs, SurfaceChoice.Better) > 0);
        ProtocolBook book = Books.Of([inputs], account);

        RiskSnapshot snapshot = RiskSnapshot.Of(RiskSnapshot.Follower(2), book, inputs);
        LiquidationPrices prices = LiquidationPrices.Of(Holding.Of(account, book, inputs), 2, inputs.Checkpoint);

        Assert.Empty(snapshot.UnderWater);
        Assert.True(snapshot.Of(account).IsUnderWater);
        Assert.NotEqual(prices.SpotE8, prices.BelowE8);
        Assert.True(prices.BelowE8 < prices.SpotE8);
    }

    /// <summary>A debt that nobody touched for long is what it has grown to.</summary>
    [Fact]
    public void UnderWater_DebtThatHasGrown_IsCountedWithItsInterest()
    {
        CheckpointInputs inputs = Books.Inputs(1, Books.Start, 2000);
        BookAccount account = Books.Account(1, 0, 0, 0, [new Balance(1, 60 * (UInt128)1_000_000_000_000_000_000)]) with { State = AccountState.Empty with { InterestIndexE12 = 1_000_000_000_000 } };
        account = account with { State = account.State with { CashE8 = -Excess(account, inputs, SurfaceChoice.Better) + (100 * Books.One) } };
        ProtocolBook book = Books.Of([inputs], account);
        Checkpoint later = inputs.Checkpoint with { Header = inputs.Checkpoint.Header with { DebtIndexE12 = 1_100_000_000_000 } };

        Assert.Empty(RiskSnapshot.Of(RiskSnapshot.Follower(2), book, inputs).UnderWater);
        Assert.Equal(1ul, Assert.Single(RiskSnapshot.Of(RiskSnapshot.Follower(2), book, Read(later)).UnderWater));
    }

    /// <summary>Each of a hundred streams would compute the whole book twice a block.</summary>
    [Fact]
    public void Followed_ByManyStreams_IsComputedOnce()
    {
        CheckpointInputs inputs = Books.Inputs(1, Books.Start, 100);
        BookAccount account = Books.Account(1, 100 * Books.One, 10 * Books.One, 100 * Books.One);
        var snapshot = new RiskSnapshot(Books.Of([inputs], account), inputs, []);

        Assert.Equal(snapshot.Of(account), snapshot.Followed(account));
        Assert.Same(snapshot.Followed(account), snapshot.Followed(account));
    }

    private static Int128 Excess(BookAccount account, CheckpointInputs inputs, SurfaceChoice choice)
    {
        AccountFigures figures = MarginEngine.Compute(account.State, account.Balances.AsSpan(), inputs.View, choice);
        return figures.EquityE8 - figures.MaintenanceE8;
    }

    /// <summary>Ether's options have a surface of higher volatility since a moment ago.</summary>
    private static CheckpointInputs UnderANewSurface()
    {
        Checkpoint checkpoint = ApiWorld.Inputs(ApiWorld.BtcE8, ApiWorld.EthE8).Checkpoint;
        UnderlyingRecord ether = checkpoint.Underlyings[1];
        ExpiryRecord expiry = ether.Expiries[0];
        ether = ether with { Expiries = [expiry with { Present = expiry.Present with { AE12 = 4 * expiry.Present.AE12 } }] };
        return Read(checkpoint with { Underlyings = [checkpoint.Underlyings[0], ether] });
    }

    private static CheckpointInputs Read(Checkpoint checkpoint) =>
        CheckpointInputs.Read(checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), [.. checkpoint.Underlyings.SelectMany(static record => record.Pack())]);
}
