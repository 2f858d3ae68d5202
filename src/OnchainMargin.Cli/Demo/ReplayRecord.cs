using OnchainMargin.Cli.Chain;

namespace OnchainMargin.Cli.Demo;

/// <summary>What the replay saw.</summary>
internal sealed class ReplayRecord
{
    private readonly List<Liquidation> _liquidations = [];
    private readonly List<string> _mismatches = [];

    /// <summary>Lots in the order of their beginnings.</summary>
    public IReadOnlyList<Liquidation> Liquidations => _liquidations;

    /// <summary>Figures that were computed on both sides.</summary>
    public int FiguresCompared { get; private set; }

    /// <summary>Figures that differed.</summary>
    public IReadOnlyList<string> Mismatches => _mismatches;

    /// <summary>Notes a lot.</summary>
    public void Add(Liquidation liquidation) => _liquidations.Add(liquidation);

    /// <summary>Compares figures.</summary>
    public void Compare(IReadOnlyList<AccountHealth> healths, ulong block)
    {
        foreach (AccountHealth health in healths)
        {
            foreach ((string name, Int128 engine, Int128 referee) in health.Figures())
            {
                FiguresCompared++;
                if (engine != referee)
                {
                    _mismatches.Add($"account {health.Account}, block {block}, {name}: engine {engine}, referee {referee}");
                }
            }
        }
    }
}
