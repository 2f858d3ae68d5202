using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>A contract that signs orders can tell an estimate from a block, and have the relay pay for reverts.</summary>
public sealed class ContractSignerTests : RelayWorld
{
    [Fact]
    public async Task RunOnce_ContractSignsInTheEstimateOnly_PaysForOneRevertAndRefusesItsNextOrder()
    {
        World.Relay.SignsByCode.Add(World.Owners[0].Address);
        World.Node.RevertsWhenMined = true;
        RestingOrder guilty = await TakenAsync(World.Sign(1, -Tenth, Btc, 1));
        RestingOrder further = await TakenAsync(World.Sign(1, -Tenth, Btc + One, 2));
        RestingOrder met = await TakenAsync(World.Sign(2, Tenth, Btc, 1));
        for (int i = 0; i < 5; i++)
        {
            await RoundAsync();
        }

        Assert.Single(World.Node.Broadcasts);
        Assert.Equal((OrderStatus.Refused, OrderStatus.Refused, OrderStatus.Resting), (guilty.Status, further.Status, met.Status));
        OrderOutcome refused = await Relay.SubmitAsync(World.Sign(1, -Tenth, Btc, 3), null, CancellationToken.None);
        Assert.Contains("sign with a key until then", refused.Refusal, StringComparison.Ordinal);

        // A key's signature is taken all the same.
        World.Relay.SignsByCode.Clear();
        World.Node.RevertsWhenMined = false;
        RestingOrder own = await TakenAsync(World.Sign(1, -Tenth, Btc, 4));
        await RoundAsync();
        await RoundAsync();
        Assert.Equal(OrderStatus.Filled, own.Status);
    }

    [Fact]
    public async Task RunOnce_SeveralContractsSign_EachComesAloneAndOthersBetween()
    {
        World.Relay.SignsByCode.Add(World.Owners[0].Address);
        for (ulong nonce = 1; nonce <= 3; nonce++)
        {
            await TakenAsync(World.Sign(1, -Tenth, Btc, nonce));
            await TakenAsync(World.Sign(2, Tenth, Btc, nonce));
        }

        for (ulong nonce = 11; nonce <= 12; nonce++)
        {
            await TakenAsync(World.Sign(3, -Tenth, Eth, nonce, instrument: Instrument.Perpetual(2)));
            await TakenAsync(World.Sign(2, Tenth, Eth, nonce, instrument: Instrument.Perpetual(2)));
        }

        for (int i = 0; i < 5; i++)
        {
            await RoundAsync();
        }

        Assert.Equal([1, 2, 1, 1], Sent().Select(static call => call.Item3.Length));
    }
}
