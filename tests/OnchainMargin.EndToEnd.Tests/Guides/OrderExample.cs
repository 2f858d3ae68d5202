using System.Globalization;
using System.Net.Http.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.EndToEnd.Tests.Guides;

/// <summary>The order of docs/guides/integrator.md, word for word.</summary>
internal static class OrderExample
{
    // guide: begin
    /// <summary>Signs an order for a perpetual and hands it to the relay of a solver.</summary>
    /// <param name="client">Connected to the deployment.</param>
    /// <param name="solver">Its address is the solver's API.</param>
    /// <param name="key">The owner's key, or a delegate's.</param>
    /// <param name="order">What is wanted, prices and sizes E8; a negative size sells.</param>
    public static async Task<string> PlaceAsync(ProtocolClient client, HttpClient solver, PrivateKey key, Clearinghouse.Order order)
    {
        Clearinghouse.SignedOrder signed = client.SignOrder(order, key);
        using HttpResponseMessage reply = await solver.PostAsJsonAsync("/api/orders", new
        {
            order = new
            {
                account = Text(order.Account),
                instrument = Text(order.Instrument),
                sizeE8 = Text(order.SizeE8),
                limitPriceE8 = Text(order.LimitPriceE8),
                nonce = Text(order.Nonce),
                expiry = Text(order.Expiry),
                maxFeeRateE8 = Text(order.MaxFeeRateE8),
                flags = order.Flags,
            },
            signer = signed.Signer.ToString(),
            signature = HexData.Encode(signed.Signature),
        });
        return await reply.Content.ReadAsStringAsync();

        static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
    }

    /// <summary>One bitcoin perpetual, bought at a limit, good for an hour.</summary>
    /// <param name="account">Whose order it is.</param>
    /// <param name="limitPriceE8">The most that is paid.</param>
    /// <param name="takerFeeE8">Of the parameters in /api/deployment. Whoever settles chooses the proof, and what is allowed above the trading fee can be taken for credit on attesters' word.</param>
    /// <param name="nonce">One that the account has not used, and not below the bound of what was cancelled: <c>minimumNonce</c> of <c>Clearinghouse.accountOf</c>.</param>
    /// <param name="nowSeconds">The chain's time, or the solver's where that is later; hold your own clock beside it.</param>
    public static Clearinghouse.Order BuyOne(ulong account, ulong limitPriceE8, uint takerFeeE8, ulong nonce, ulong nowSeconds) => new(
        account, Instrument.Perpetual(underlying: 1).Packed, SizeE8: 100_000_000, limitPriceE8, nonce, Expiry: nowSeconds + 3600, MaxFeeRateE8: takerFeeE8, Flags: 0);

    // guide: end
}
