namespace OnchainMargin.Margin;

/// <summary>The nodes of the price axis for one range: M_q = 4·10⁸ + q·range and ln(M_q/4·10⁸).</summary>
internal sealed class RangeNodes
{
    /// <summary>Four, in E8: the denominator of M_q.</summary>
    internal const long Four = 4 * Rounding.One;

    /// <summary>Makes the nodes of a range.</summary>
    /// <param name="rangeE8">The range.</param>
    internal RangeNodes(long rangeE8)
    {
        RangeE8 = rangeE8;
        for (int i = 0; i < Scenarios.Nodes; i++)
        {
            M[i] = Four + (Scenarios.NodeQuarters[i] * rangeE8);
            Ln[i] = Kernel.Ln(M[i], Four);
        }

        Scenarios.Spread(Ln, ScenarioLn);
    }

    /// <summary>The range.</summary>
    internal long RangeE8 { get; }

    /// <summary>M_q of each node.</summary>
    internal long[] M { get; } = new long[Scenarios.Nodes];

    /// <summary>ln(M_q/4·10⁸) of each node, Q32.</summary>
    internal long[] Ln { get; } = new long[Scenarios.Nodes];

    /// <summary>The same at each scenario, as <see cref="Scenarios.Spread"/> lays it out.</summary>
    internal long[] ScenarioLn { get; } = new long[Scenarios.Lanes];

    /// <summary>Linear values of a price at all scenarios: near(price·M_q, 4·10⁸).</summary>
    /// <param name="priceE8">Spot or forward.</param>
    /// <param name="row">The row.</param>
    [SpecRule("MRG-028")]
    internal void FillLinear(long priceE8, Span<long> row)
    {
        for (int s = 0; s < Scenarios.Count; s++)
        {
            row[s] = (long)Rounding.DivNear(Math.BigMul(priceE8, M[Scenarios.ScenarioNodes[s]]), Four);
        }

        row[Scenarios.Count..].Clear();
        row.Slice(Row.Humps, Row.Shocks).Fill(Row.Wide);
    }
}
