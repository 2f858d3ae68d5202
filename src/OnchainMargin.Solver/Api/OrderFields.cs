using System.Globalization;
using System.Text.Json.Serialization;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Api;

/// <summary>What an owner signs (EIP-712).</summary>
/// <param name="Account">The account.</param>
/// <param name="Instrument">The instrument's 96 bits as a number.</param>
/// <param name="SizeE8">Signed size: positive buys.</param>
/// <param name="LimitPriceE8">The most to pay, or the least to take.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Expiry">The last second at which it may be filled.</param>
/// <param name="MaxFeeRateE8">The largest fee rate.</param>
/// <param name="Flags">Bit 0 reduce-only, bit 1 post-only, bit 2 fill-or-kill.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record OrderFields(
    string Account, string Instrument, string SizeE8, string LimitPriceE8, string Nonce, string Expiry, string MaxFeeRateE8, int Flags)
{
    /// <summary>An order as it is handed on.</summary>
    public static OrderFields Of(Clearinghouse.Order order) => new(
        ApiNumbers.Text(order.Account),
        ApiNumbers.Text(order.Instrument),
        ApiNumbers.Text(order.SizeE8),
        ApiNumbers.Text(order.LimitPriceE8),
        ApiNumbers.Text(order.Nonce),
        ApiNumbers.Text(order.Expiry),
        ApiNumbers.Text(order.MaxFeeRateE8),
        order.Flags);

    /// <summary>The order; null when a field is no number of its size.</summary>
    public Clearinghouse.Order? Read() =>
        ulong.TryParse(Account, NumberStyles.None, CultureInfo.InvariantCulture, out ulong account)
        && UInt128.TryParse(Instrument, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 instrument) && instrument >> 96 == 0
        && long.TryParse(SizeE8, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long size)
        && ulong.TryParse(LimitPriceE8, NumberStyles.None, CultureInfo.InvariantCulture, out ulong price)
        && ulong.TryParse(Nonce, NumberStyles.None, CultureInfo.InvariantCulture, out ulong nonce)
        && ulong.TryParse(Expiry, NumberStyles.None, CultureInfo.InvariantCulture, out ulong expiry) && expiry >> 40 == 0
        && uint.TryParse(MaxFeeRateE8, NumberStyles.None, CultureInfo.InvariantCulture, out uint fee)
        && Flags is >= 0 and <= byte.MaxValue
            ? new Clearinghouse.Order(account, instrument, size, price, nonce, expiry, fee, (byte)Flags)
            : null;
}
