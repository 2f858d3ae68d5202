using System.Globalization;
using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Chain;

/// <summary>Instruments by name, as Deribit writes them: <c>BTC-PERP</c>, <c>BTC-27MAR26</c>, <c>BTC-27MAR26-90000-C</c>.</summary>
internal static class InstrumentText
{
    private const string PerpetualSuffix = "-PERP";
    private const int StrikeDecimals = 4;

    /// <summary>Reads the name of an instrument that can be traded: a perpetual.</summary>
    /// <exception cref="CliException">It is none of this deployment.</exception>
    public static Instrument Parse(string name, DeploymentRecord deployment)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        string[] known = [.. deployment.Underlyings.Select(underlying => underlying.Name + PerpetualSuffix)];
        int place = Array.FindIndex(known, candidate => string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase));
        return place >= 0
            ? Instrument.Perpetual(deployment.Underlyings[place].Number)
            : throw new CliException($"The instrument '{name}' cannot be traded here: give one of {string.Join(", ", known)}.");
    }

    /// <summary>Writes the name of an instrument.</summary>
    public static string Format(Instrument instrument, DeploymentRecord deployment)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        string underlying = deployment.Underlyings.FirstOrDefault(listed => listed.Number == instrument.Underlying)?.Name ?? $"#{instrument.Underlying}";
        string expiry = DateTimeOffset.FromUnixTimeSeconds(instrument.Expiry).ToString("dMMMyy", CultureInfo.InvariantCulture).ToUpperInvariant();
        return instrument.Kind switch
        {
            InstrumentKind.Perpetual => underlying + PerpetualSuffix,
            InstrumentKind.Future => $"{underlying}-{expiry}",
            InstrumentKind.Call => $"{underlying}-{expiry}-{FixedPointText.Format(instrument.StrikeE4, StrikeDecimals)}-C",
            _ => $"{underlying}-{expiry}-{FixedPointText.Format(instrument.StrikeE4, StrikeDecimals)}-P",
        };
    }
}
