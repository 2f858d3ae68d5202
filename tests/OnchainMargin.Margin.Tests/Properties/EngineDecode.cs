using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Properties;

/// <summary>The oracle's objects as the engine's, through bytes.</summary>
internal static class EngineDecode
{
    public static Checkpoint Checkpoint(Oracle.Checkpoint market)
    {
        Assert.Equal(MarginError.None, Margin.Checkpoint.Unpack(CheckpointEncoding.PackHead(market), [.. market.Underlyings.Select(CheckpointEncoding.Pack)], out Checkpoint? decoded));
        return decoded!;
    }

    public static AccountState State(Oracle.AccountState state)
    {
        Assert.Equal(MarginError.None, AccountState.Unpack(StateEncoding.Pack(state), out AccountState? decoded));
        return decoded!;
    }
}
