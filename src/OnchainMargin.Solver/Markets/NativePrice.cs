using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Markets;

/// <summary>What one whole coin of those that gas is paid in is worth.</summary>
internal static class NativePrice
{
    /// <summary>Refuses a name that is none: a keeper would pay gas at a price that somebody guessed.</summary>
    public static void Require(DeploymentRecord deployment, KeeperOptions options)
    {
        if (options.NativeUnderlying.Length > 0 && Number(deployment, options) is null)
        {
            string listed = string.Join(", ", deployment.Underlyings.Select(static one => one.Name));
            throw new SolverOptionsException([$"Option keeper:nativeUnderlying is '{options.NativeUnderlying}', which is no underlying of the deployment; name one of {listed}, or leave it empty and set keeper:nativePriceE8."]);
        }
    }

    /// <summary>The live price of the underlying that the keeper's options name, or what they say where it is none.</summary>
    public static long OfE8(CheckpointInputs live, DeploymentRecord deployment, KeeperOptions options)
    {
        ushort? number = Number(deployment, options);
        return live.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == number)?.SpotE8 ?? options.NativePriceE8;
    }

    private static ushort? Number(DeploymentRecord deployment, KeeperOptions options) =>
        deployment.Underlyings.FirstOrDefault(listed => string.Equals(listed.Name, options.NativeUnderlying, StringComparison.OrdinalIgnoreCase))?.Number;
}
