using System.Collections.Immutable;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;

namespace OnchainMargin.Protocol.Tests.Checkpoints;

/// <summary>A small checkpoint of two underlyings, the second with an expiry, and three tokens.</summary>
internal static class TestCheckpoints
{
    public static RiskParameters Parameters { get; } = new(16_000_000, 50_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000);

    public static Checkpoint Make(ulong id = 1, long btcE8 = 90_000_00000000, long ethE8 = 3_000_00000000)
    {
        var surface = new Surface(ethE8, ethE8, 10_000_000_000, 100_000_000_000, -20_000_000, 0, 20_000_000);
        return new Checkpoint(
            new CheckpointHeader(id, 1_770_000_000, 130_000_000, 1_000_000_000_000, 1_000_000_000_000),
            [new CollateralRecord(0, 0, 6, 0, 100_000_000), new CollateralRecord(1, 2, 18, 5_000_000, 100_000_000), new CollateralRecord(2, 1, 8, 5_000_000, 100_000_000)],
            [
                new UnderlyingRecord(1, 1, MarketState.Normal, btcE8, btcE8, 0, 0, btcE8, 0, 1_000_00000000, Parameters, []),
                new UnderlyingRecord(2, 1, MarketState.Normal, ethE8, ethE8, 0, 0, ethE8, 0, 10_000_00000000, Parameters, [new ExpiryRecord(1_771_000_000, 1_769_999_000, 1_000_000_000_000, surface, surface)]),
            ]);
    }

    public static byte[] Head(Checkpoint checkpoint) => checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray());

    public static byte[] Records(Checkpoint checkpoint) => [.. checkpoint.Underlyings.SelectMany(static underlying => underlying.Pack())];
}
