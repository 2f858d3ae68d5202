namespace OnchainMargin.Margin;

/// <summary>A place where a loss is shown, as one byte of a witness: a scenario, 64 + the position of a kink, 192 + a node.</summary>
/// <param name="Code">The byte.</param>
[SpecRule("MRG-057")]
public readonly record struct Point(byte Code)
{
    private const byte KinkFrom = 64;
    private const byte NodeFrom = 192;

    /// <summary>The scenario, or null.</summary>
    public int? Scenario => Code < Scenarios.Count ? Code : null;

    /// <summary>The position whose kink it is, or null.</summary>
    public int? Kink => Code is >= KinkFrom and < NodeFrom ? Code - KinkFrom : null;

    /// <summary>The node of the price axis, or null.</summary>
    public int? Node => Code is >= NodeFrom and < NodeFrom + Scenarios.Nodes ? Code - NodeFrom : null;

    /// <summary>The point of a scenario.</summary>
    internal static Point OfScenario(int scenario) => new((byte)scenario);

    /// <summary>The point of a kink.</summary>
    internal static Point OfKink(int position) => new((byte)(KinkFrom + position));

    /// <summary>The point of a node.</summary>
    internal static Point OfNode(int node) => new((byte)(NodeFrom + node));
}
