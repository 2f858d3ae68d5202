using OnchainMargin.Margin;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Cli.Chain;

/// <summary>Instruments of a deployment as the user names them.</summary>
internal static class Instruments
{
    /// <summary>Reads a name.</summary>
    /// <exception cref="CliException">It is none of this deployment.</exception>
    public static Instrument Parse(string name, DeploymentRecord deployment)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        return new InstrumentNames(deployment).Parse(name) ?? throw new CliException(
            $"The instrument '{name}' cannot be traded here: write it like {Example(deployment)}-PERP, {Example(deployment)}-27MAR26 or {Example(deployment)}-27MAR26-90000-C, of {string.Join(", ", deployment.Underlyings.Select(static listed => listed.Name))}.");
    }

    /// <summary>Writes a name.</summary>
    public static string Format(Instrument instrument, DeploymentRecord deployment) => new InstrumentNames(deployment).Format(instrument);

    private static string Example(DeploymentRecord deployment) => deployment.Underlyings.Count > 0 ? deployment.Underlyings[0].Name : "BTC";
}
