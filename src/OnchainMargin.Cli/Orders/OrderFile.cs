using System.Text.Json;
using OnchainMargin.Cli.Chain;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Orders;

/// <summary>A signed order as a JSON file: what an owner hands to whoever matches it.</summary>
internal sealed record OrderFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>The account that trades.</summary>
    public required ulong Account { get; init; }

    /// <summary>What is traded: <c>BTC-PERP</c>.</summary>
    public required string Instrument { get; init; }

    /// <summary>Units; negative sells.</summary>
    public required string Size { get; init; }

    /// <summary>The most a buyer pays, the least a seller takes.</summary>
    public required string LimitPrice { get; init; }

    /// <summary>Orders of one account with one nonce share one filled size: each may be filled until one of them is wholly, or the nonce is cancelled.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>The last second (Unix) at which it may be filled.</summary>
    public required ulong Expiry { get; init; }

    /// <summary>The largest fee as a fraction of the notional.</summary>
    public required string MaxFeeRate { get; init; }

    /// <summary>It may only reduce a position.</summary>
    public bool ReduceOnly { get; init; }

    /// <summary>It may only be the maker.</summary>
    public bool PostOnly { get; init; }

    /// <summary>It is filled whole by one fill, or not at all.</summary>
    public bool FillOrKill { get; init; }

    /// <summary>Who signed.</summary>
    public required Address Signer { get; init; }

    /// <summary>The signature.</summary>
    public required string Signature { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CliException">It does not exist or holds no order.</exception>
    public static OrderFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<OrderFile>(FileText.Read(path, "order file"), Json)
                ?? throw new CliException($"The order file '{path}' holds null: give a file that `omargin order sign` wrote.");
        }
        catch (Exception exception) when (exception is JsonException or EthereumException)
        {
            throw new CliException($"The order file '{path}' is no order ({JsonFault.Of(exception)}): give a file that `omargin order sign` wrote.", exception);
        }
    }

    /// <summary>Writes a signed order.</summary>
    public static OrderFile Of(Clearinghouse.SignedOrder signed, DeploymentRecord deployment) => new()
    {
        Account = signed.Order.Account,
        Instrument = Instruments.Format(OnchainMargin.Margin.Instrument.Unpack(signed.Order.Instrument), deployment),
        Size = FixedPointText.Format(signed.Order.SizeE8, FixedPointText.E8),
        LimitPrice = FixedPointText.Format(signed.Order.LimitPriceE8, FixedPointText.E8),
        Nonce = signed.Order.Nonce,
        Expiry = signed.Order.Expiry,
        MaxFeeRate = FixedPointText.Format(signed.Order.MaxFeeRateE8, FixedPointText.E8),
        ReduceOnly = (signed.Order.Flags & (byte)OrderFlags.ReduceOnly) != 0,
        PostOnly = (signed.Order.Flags & (byte)OrderFlags.PostOnly) != 0,
        FillOrKill = (signed.Order.Flags & (byte)OrderFlags.FillOrKill) != 0,
        Signer = signed.Signer,
        Signature = HexData.Encode(signed.Signature),
    };

    /// <summary>The order as the clearinghouse takes it.</summary>
    /// <exception cref="CliException">A field is not what it should be.</exception>
    public Clearinghouse.SignedOrder ToSigned(DeploymentRecord deployment) => new(ToOrder(deployment), Signer, HexData.Decode(Signature));

    private Clearinghouse.Order ToOrder(DeploymentRecord deployment)
    {
        Instrument instrument = Instruments.Parse(Instrument, deployment);
        OrderFlags flags = (ReduceOnly ? OrderFlags.ReduceOnly : OrderFlags.None) | (PostOnly ? OrderFlags.PostOnly : OrderFlags.None) | (FillOrKill ? OrderFlags.FillOrKill : OrderFlags.None);
        long sizeE8 = FixedPointText.ParseE8(Size, "order's size");
        if (sizeE8 is 0 or long.MinValue)
        {
            throw new CliException($"The order's size '{Size}' is none: give more than 0 to buy, less to sell, and at most {FixedPointText.Format(long.MaxValue, FixedPointText.E8)} of either.");
        }

        return new Clearinghouse.Order(
            Account,
            instrument.Packed,
            sizeE8,
            (ulong)AmountText.ParsePositiveE8(LimitPrice, "order's price"),
            Nonce,
            Expiry,
            AmountText.ParseFeeRateE8(MaxFeeRate, "order's fee rate"),
            (byte)flags);
    }
}
