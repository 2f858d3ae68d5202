namespace OnchainMargin.Cli.Demo;

/// <summary>A lot of the replay, from the block in which its account fell under water.</summary>
/// <param name="Lot">The lot.</param>
/// <param name="Account">The account.</param>
/// <param name="Time">When it began, in the time of the replay.</param>
/// <param name="UnderWaterSince">The block of the price with which the account was first below its maintenance margin.</param>
/// <param name="StartedInBlock">The block in which a witness proved that.</param>
internal sealed record Liquidation(ulong Lot, DemoAccount Account, DateTimeOffset Time, ulong UnderWaterSince, ulong StartedInBlock)
{
    /// <summary>Blocks from the price to the proof.</summary>
    public ulong LatencyBlocks => StartedInBlock - UnderWaterSince;
}
