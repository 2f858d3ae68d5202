namespace OnchainMargin.Margin;

/// <content>Which accounts are nearest to being under water: whom a tick may concern first.</content>
public sealed partial class BookEngine
{
    private const int ShareBits = 16;

    private readonly PriorityQueue<ulong, ulong> _nearest = new(Comparer<ulong>.Create(static (a, b) => b.CompareTo(a)));

    /// <summary>Lists the accounts that have the least equity above their maintenance margin, as a share of it, at the last <see cref="Reckon"/>; those under water are not among them.</summary>
    /// <remarks>The margin is what a fall of the whole price range can cost, so the share says how much of that range is left. It orders the work; it decides nothing.</remarks>
    /// <param name="count">How many at most.</param>
    /// <param name="accounts">Receives them, in no order; emptied first.</param>
    public void Nearest(int count, ICollection<ulong> accounts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentNullException.ThrowIfNull(accounts);
        accounts.Clear();
        foreach (BookBlock block in _blocks)
        {
            for (int slot = 0; slot < block.Count; slot++)
            {
                if (block.Errors[slot] == MarginError.None && !block.IsDirty(slot))
                {
                    Consider(block.Ids[slot], block.Figures[slot], count);
                }
            }
        }

        foreach ((ulong account, BookMisfit misfit) in _misfits)
        {
            if (misfit.IsComputed && misfit.Error == MarginError.None)
            {
                Consider(account, misfit.Figures, count);
            }
        }

        foreach ((ulong account, ulong _) in _nearest.UnorderedItems)
        {
            accounts.Add(account);
        }

        _nearest.Clear();
    }

    private void Consider(ulong account, in AccountFigures figures, int count)
    {
        Int128 excess = figures.EquityE8 - figures.MaintenanceE8;
        if (excess < 0 || figures.MaintenanceE8 <= 0)
        {
            return;
        }

        ulong share = Share((UInt128)excess, (UInt128)figures.MaintenanceE8);
        if (_nearest.Count < count)
        {
            _nearest.Enqueue(account, share);
        }
        else if (_nearest.TryPeek(out ulong _, out ulong largest) && share < largest)
        {
            _nearest.DequeueEnqueue(account, share);
        }
    }

    /// <summary>2¹⁶·part/whole, both cut to words where they are larger.</summary>
    private static ulong Share(UInt128 part, UInt128 whole)
    {
        int cut = 128 - ShareBits - (int)UInt128.LeadingZeroCount(part | whole);
        int by = Math.Max(0, cut + (2 * ShareBits) - 64);
        return by == 0 ? ((ulong)part << ShareBits) / (ulong)whole : ((ulong)(part >> by) << ShareBits) / Math.Max(1, (ulong)(whole >> by));
    }
}
