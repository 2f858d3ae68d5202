using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>An order that expires on its way into a block takes the whole transaction with it, and the relay has paid for it.</summary>
public sealed class ExpiringOrdersTests : RelayWorld
{
    private const ulong Now = ApiWorld.Now;

    [Fact]
    public async Task Submit_OrderThatExpiresBeforeTheNextBlocks_IsRefused()
    {
        OrderOutcome refused = await Relay.SubmitAsync(Sign(1, -Tenth, 1, Now + 13), null, CancellationToken.None);
        Assert.EndsWith("and it takes some to bring it into a block: sign one that lasts 60 s or more.", refused.Refusal, StringComparison.Ordinal);
        await TakenAsync(Sign(1, -Tenth, 1, Now + 300));
    }

    [Fact]
    public async Task RunOnce_MatchWaitsUntilItsOrderIsAboutToExpire_SendsTheOthersWithoutIt()
    {
        RestingOrder ending = await TakenAsync(Sign(1, -Tenth, 1, Now + 3600));
        RestingOrder met = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        RestingOrder lasting = await TakenAsync(World.Sign(3, -Tenth, Eth, 1, instrument: Instrument.Perpetual(2)));
        await TakenAsync(World.Sign(1, Tenth, Eth, 2, instrument: Instrument.Perpetual(2)));

        World.Change(static book => book with { BlockTimeSeconds = Now + 3571 });
        await RoundAsync();
        Assert.Equal([1UL, 3UL], Assert.Single(Sent()).Item1.Select(static input => input.Account).Order());
        Assert.Equal((OrderStatus.Expired, OrderStatus.Resting), (ending.Status, met.Status));
        await RoundAsync();
        Assert.Equal(OrderStatus.Filled, lasting.Status);
    }

    /// <summary>A right and an instrument end by the chain's clock, and reverted settlements would be paid for as well.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunOnce_RightOrInstrumentIsAboutToEnd_OrderLeavesTheBook(bool isRight)
    {
        ulong end = isRight ? 1_770_000_900UL : ApiWorld.Expiry - 1;
        World.Appoint(1, World.Owners[2].Address, DelegateRights.Trade, 1_770_000_900);
        Clearinghouse.SignedOrder signed = isRight
            ? World.Digests.Sign(World.Sign(1, -Tenth, Btc, 1).Order, World.Owners[2])
            : World.Sign(1, -Tenth, Eth, 1, instrument: Instrument.Future(2, ApiWorld.Expiry));
        RestingOrder ending = await TakenAsync(signed);
        World.Change(book => book with { BlockTimeSeconds = end - 30 });
        await RoundAsync();
        Assert.Equal(OrderStatus.Resting, ending.Status);
        Assert.Contains("and it takes some to bring an order into a block", (await Relay.SubmitAsync(signed with { Order = signed.Order with { Nonce = 2 } }, null, CancellationToken.None)).Refusal, StringComparison.Ordinal);

        World.Change(book => book with { BlockTimeSeconds = end - 29 });
        await RoundAsync();
        Assert.Equal(OrderStatus.Expired, ending.Status);
    }

    /// <summary>The relay keeps the form in which the chain recovers the signer, and knows the order again in the wallet's.</summary>
    [Fact]
    public async Task Submit_SignatureThatEndsInZeroOrOne_SettlesAsTheChainTakesIt()
    {
        World.Relay.Form = signed => Ethereum.Curve.Secp256k1.OwnSignature(World.Digests.Of(signed.Order), signed.Signer, signed.Signature)!;
        Clearinghouse.SignedOrder signed = World.Sign(1, -Tenth, Btc, 1);
        Clearinghouse.SignedOrder bare = signed with { Signature = [.. signed.Signature[..64], (byte)(signed.Signature[64] - 27)] };
        RestingOrder order = await TakenAsync(bare);
        Assert.Same(order, await TakenAsync(bare));
        await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        await RoundAsync();
        Assert.Contains(Assert.Single(Sent()).Item2, sent => sent.Signature.AsSpan().SequenceEqual(signed.Signature));
        await RoundAsync();
        Assert.Equal(OrderStatus.Filled, order.Status);
    }

    private Clearinghouse.SignedOrder Sign(ulong account, long sizeE8, ulong nonce, ulong expiry) =>
        World.Digests.Sign(World.Sign(account, sizeE8, Btc, nonce).Order with { Expiry = expiry }, World.Owners[account - 1]);
}
