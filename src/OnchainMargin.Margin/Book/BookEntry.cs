namespace OnchainMargin.Margin;

/// <summary>One account on its way into the book or out of it.</summary>
internal sealed class BookEntry
{

    /// <summary>The account.</summary>
    internal ulong Id { get; set; }

    /// <summary>Its cash.</summary>
    internal Int128 CashE8 { get; set; }

    /// <summary>Cost of all positions.</summary>
    internal Int128 CostsE8 { get; set; }

    /// <summary>How many positions, spot collateral included.</summary>
    internal int Positions { get; private set; }

    /// <summary>How many of each underlying.</summary>
    internal int[] PartCounts { get; } = new int[MarginDomain.UnderlyingsMax];

    /// <summary>Numbers of their instruments.</summary>
    internal int[] Numbers { get; } = new int[AccountState.PositionsMax + MarginDomain.UnderlyingsMax];

    /// <summary>Their sizes.</summary>
    internal long[] Sizes { get; } = new long[AccountState.PositionsMax + MarginDomain.UnderlyingsMax];

    /// <summary>Tokens.</summary>
    internal List<Balance> Balances { get; } = [];

    /// <summary>Empties it.</summary>
    internal void Clear(int parts)
    {
        Positions = 0;
        PartCounts.AsSpan(0, parts).Clear();
        Balances.Clear();
    }

    /// <summary>Adds a position, underlying by underlying.</summary>
    internal void Add(int part, int number, long sizeE8)
    {
        Numbers[Positions] = number;
        Sizes[Positions++] = sizeE8;
        PartCounts[part]++;
    }

    /// <summary>Adds a balance.</summary>
    internal void Add(Balance balance) => Balances.Add(balance);
}
