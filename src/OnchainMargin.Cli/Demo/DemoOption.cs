using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Demo;

/// <summary>An option at the money, of the last expiry that the attesters list, bought from (negative: sold to) the market maker.</summary>
/// <param name="Underlying">The underlying's name.</param>
/// <param name="Kind">Call or put.</param>
/// <param name="Size">The size.</param>
internal sealed record DemoOption(string Underlying, InstrumentKind Kind, string Size);
