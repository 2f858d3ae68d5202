namespace OnchainMargin.Margin;

/// <summary>Memory in which one account at a time is computed; one a thread, so that the hot path allocates nothing.</summary>
internal sealed class Workspace
{

    [ThreadStatic]
    private static Workspace? _current;

    private readonly List<UnderlyingResult> _pool = [];
    private readonly GroupResult[] _groups = new GroupResult[MarginDomain.UnderlyingsMax];

    /// <summary>The workspace of this thread.</summary>
    internal static Workspace Current => _current ??= new Workspace();

    internal int UnderlyingCount { get; private set; }

    internal int GroupCount { get; private set; }

    internal Int128 CollateralValueE8 { get; set; }

    internal Int128 HaircutE8 { get; set; }

    /// <summary>Σ size·mark, E16.</summary>
    internal Int128 MarksE16 { get; set; }

    internal Int128 CostsE8 { get; set; }

    /// <summary>The sum of MRG-055 over positions, E16.</summary>
    internal Int128 FloorMarksE16 { get; set; }

    /// <summary>The floor without the stale charge.</summary>
    internal Int128 FloorE8 { get; set; }

    /// <summary>Room for the kinks of a group.</summary>
    internal Kink[] Kinks { get; } = new Kink[AccountState.PositionsMax];

    internal Span<GroupResult> Groups => _groups.AsSpan(0, GroupCount);

    internal UnderlyingResult Underlying(int index) => _pool[index];

    internal void Clear()
    {
        UnderlyingCount = 0;
        GroupCount = 0;
        CollateralValueE8 = 0;
        HaircutE8 = 0;
        MarksE16 = 0;
        CostsE8 = 0;
        FloorMarksE16 = 0;
        FloorE8 = 0;
    }

    internal UnderlyingResult AddUnderlying(UnderlyingTerms terms)
    {
        if (UnderlyingCount == _pool.Count)
        {
            _pool.Add(new UnderlyingResult());
        }

        UnderlyingResult result = _pool[UnderlyingCount++];
        result.Terms = terms;
        result.KinkCount = 0;
        result.GrossE8 = 0;
        result.VegaE8 = 0;
        result.StaleE8 = 0;
        return result;
    }

    internal ref GroupResult AddGroup(byte group)
    {
        ref GroupResult added = ref _groups[GroupCount++];
        added = default;
        added.Group = group;
        return ref added;
    }
}
