using System.Collections.Immutable;

namespace OnchainMargin.Margin;

/// <summary>One underlying at a checkpoint. Equality is by content.</summary>
/// <param name="Underlying">Its number, from 1.</param>
/// <param name="Group">Its risk group.</param>
/// <param name="MarketState">What may be done in it.</param>
/// <param name="SpotE8">Spot.</param>
/// <param name="PerpetualMarkE8">Mark of the perpetual.</param>
/// <param name="SpreadE8">Half the width of the market, in price.</param>
/// <param name="OpenInterestE8">Sum of the long sizes, smoothed.</param>
/// <param name="AverageSpotE8">Average of spot over the averaging window.</param>
/// <param name="CumulativeFundingE8">Funding paid by one long unit since the start.</param>
/// <param name="DepthE8">Units that the market takes at the slippage charge.</param>
/// <param name="Parameters">Risk parameters.</param>
/// <param name="Expiries">Expiries, ascending.</param>
[SpecRule("MRG-004")]
public sealed record UnderlyingRecord(
    ushort Underlying,
    byte Group,
    MarketState MarketState,
    long SpotE8,
    long PerpetualMarkE8,
    long SpreadE8,
    long OpenInterestE8,
    long AverageSpotE8,
    long CumulativeFundingE8,
    long DepthE8,
    RiskParameters Parameters,
    ImmutableArray<ExpiryRecord> Expiries)
{
    private const int HeadBytes = 4 * 32;

    /// <summary>The packed record; its keccak256 is the underlying's hash at the checkpoint.</summary>
    /// <exception cref="OverflowException">A field does not fit its place.</exception>
    public byte[] Pack()
    {
        byte[] target = new byte[HeadBytes + (Expiries.Length * ExpiryRecord.Bytes)];
        var writer = new WordWriter(target);
        writer.Unsigned(SpotE8, 8);
        writer.Unsigned(PerpetualMarkE8, 8);
        writer.Unsigned(SpreadE8, 8);
        writer.Unsigned(OpenInterestE8, 8);
        writer.Unsigned(AverageSpotE8, 8);
        writer.Signed64(CumulativeFundingE8);
        writer.Unsigned(DepthE8, 8);
        writer.Unsigned(Underlying, 2);
        writer.Unsigned(Group, 1);
        writer.Unsigned((byte)MarketState, 1);
        writer.Unsigned((byte)Expiries.Length, 1);
        writer.Zero(3);
        Parameters.Write(ref writer);
        foreach (ExpiryRecord expiry in Expiries)
        {
            expiry.Write(ref writer);
        }

        return target;
    }

    /// <summary>Reads a packed record.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The record, or null when the bytes are not one (which no stored hash can match).</returns>
    public static UnderlyingRecord? Unpack(ReadOnlySpan<byte> source)
    {
        if (source.Length < HeadBytes || (source.Length - HeadBytes) % ExpiryRecord.Bytes != 0)
        {
            return null;
        }

        var reader = new WordReader(source);
        Span<ulong> prices = stackalloc ulong[5];
        for (int i = 0; i < prices.Length; i++)
        {
            prices[i] = reader.Unsigned(8);
        }

        long cumulativeFundingE8 = reader.Signed64();
        ulong depthE8 = reader.Unsigned(8);
        ushort underlying = (ushort)reader.Unsigned(2);
        byte group = (byte)reader.Unsigned(1);
        byte marketState = (byte)reader.Unsigned(1);
        int expiries = (int)reader.Unsigned(1);
        bool spare = reader.Zero(3);
        RiskParameters? parameters = RiskParameters.Read(ref reader);
        if (!spare || parameters is null || depthE8 > long.MaxValue || prices.ContainsAnyInRange((ulong)long.MaxValue + 1, ulong.MaxValue)
            || expiries != (source.Length - HeadBytes) / ExpiryRecord.Bytes)
        {
            return null;
        }

        ImmutableArray<ExpiryRecord>.Builder records = ImmutableArray.CreateBuilder<ExpiryRecord>(expiries);
        for (int i = 0; i < expiries; i++)
        {
            if (ExpiryRecord.Read(ref reader) is not { } expiry)
            {
                return null;
            }

            records.Add(expiry);
        }

        return new UnderlyingRecord(
            underlying, group, (MarketState)marketState, (long)prices[0], (long)prices[1], (long)prices[2], (long)prices[3], (long)prices[4],
            cumulativeFundingE8, (long)depthE8, parameters, records.MoveToImmutable());
    }

    /// <summary>Equality by content.</summary>
    /// <param name="other">The other record.</param>
    public bool Equals(UnderlyingRecord? other) =>
        other is not null && Underlying == other.Underlying && Group == other.Group && MarketState == other.MarketState && SpotE8 == other.SpotE8
        && PerpetualMarkE8 == other.PerpetualMarkE8 && SpreadE8 == other.SpreadE8 && OpenInterestE8 == other.OpenInterestE8
        && AverageSpotE8 == other.AverageSpotE8 && CumulativeFundingE8 == other.CumulativeFundingE8 && DepthE8 == other.DepthE8
        && Parameters == other.Parameters && Expiries.AsSpan().SequenceEqual(other.Expiries.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Underlying, SpotE8, Parameters, Expiries.Length);
}
