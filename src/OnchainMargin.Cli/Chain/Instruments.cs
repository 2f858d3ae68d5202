using OnchainMargin.Margin;
using OnchainMargin.Protocol.Clearing;
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
        return Spot(name, deployment) ?? new InstrumentNames(deployment).Parse(name) ?? throw new CliException(
            $"The instrument '{name}' cannot be traded here: write it like {Example(deployment)}-PERP, {Example(deployment)}-27MAR26 or {Example(deployment)}-27MAR26-90000-C, of {string.Join(", ", deployment.Underlyings.Select(static listed => listed.Name))}, or a token against cash like WETH-SPOT.");
    }

    /// <summary>Writes a name.</summary>
    public static string Format(Instrument instrument, DeploymentRecord deployment) => new InstrumentNames(deployment).Format(instrument);

    /// <summary>A token against cash (CLR-025), of which the settlement token is none.</summary>
    private static Instrument? Spot(string name, DeploymentRecord deployment) =>
        deployment.Tokens.FirstOrDefault(token => token.Index != 0 && string.Equals(token.Symbol + "-SPOT", name, StringComparison.OrdinalIgnoreCase)) is { } listed ? SpotOrders.Of(listed.Index) : null;

    private static string Example(DeploymentRecord deployment) => deployment.Underlyings.Count > 0 ? deployment.Underlyings[0].Name : "BTC";
}
