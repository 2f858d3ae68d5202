using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Markets;

/// <summary>What one whole coin of those that gas is paid in is worth.</summary>
internal static class NativePrice
{
    /// <summary>The live price of the underlying that the keeper's options name, or what they say where it is none.</summary>
    public static long OfE8(CheckpointInputs live, DeploymentRecord deployment, KeeperOptions options)
    {
        ushort? number = deployment.Underlyings.FirstOrDefault(listed => string.Equals(listed.Name, options.NativeUnderlying, StringComparison.OrdinalIgnoreCase))?.Number;
        return live.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == number)?.SpotE8 ?? options.NativePriceE8;
    }
}
