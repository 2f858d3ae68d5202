namespace OnchainMargin.Architecture.Tests;

/// <summary>Which project may use which: Cli, Solver → Protocol → (Margin, Ethereum); Models → Margin; Bindings, which the build runs, → Ethereum; nothing points back.</summary>
internal static class Arrows
{
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["OnchainMargin.Margin"] = [],
        ["OnchainMargin.Ethereum"] = [],
        ["OnchainMargin.Bindings"] = ["OnchainMargin.Ethereum"],
        ["OnchainMargin.Models"] = ["OnchainMargin.Margin"],
        ["OnchainMargin.Protocol"] = ["OnchainMargin.Margin", "OnchainMargin.Ethereum"],
        ["OnchainMargin.Solver"] = ["OnchainMargin.Protocol", "OnchainMargin.Models"],
        ["OnchainMargin.Cli"] = ["OnchainMargin.Protocol", "OnchainMargin.Solver", "OnchainMargin.Models"],
    };

    public static IReadOnlySet<string> Reachable(string project)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(Allowed[project]);
        while (open.TryPop(out var next))
        {
            if (reached.Add(next))
            {
                foreach (var further in Allowed[next])
                {
                    open.Push(further);
                }
            }
        }

        return reached;
    }
}
