using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Relay;

/// <summary>By how much fills raise the open interest, one after another as the chain carries them out: it caps options by it (CLR-015), and opens nothing by an old surface (CLR-017).</summary>
internal sealed class InterestGrowth(ProtocolBook book)
{
    private readonly Dictionary<(ulong Account, UInt128 Instrument), long> _sizes = [];

    /// <summary>The rise of the sum of long sizes over each of the fills that an order would have at once with those that it meets, E8; 0 or less where it only closes, or changes hands.</summary>
    public static IReadOnlyList<long> OfFillsE8(RestingOrder order, IReadOnlyList<RestingOrder> met, ProtocolBook book)
    {
        var growth = new InterestGrowth(book);
        var fills = new List<long>();
        ulong left = order.LeftE8;
        foreach (RestingOrder maker in met)
        {
            ulong size = Math.Min(left, maker.LeftE8);
            fills.Add(growth.OfE8(maker, order, size));
            growth.Add(maker, order, size);
            left -= size;
            if (left == 0)
            {
                break;
            }
        }

        return fills;
    }

    /// <summary>By how much a fill raises it after those that were added, E8.</summary>
    public long OfE8(RestingOrder maker, RestingOrder taker, ulong sizeE8) => Side(maker, sizeE8) + Side(taker, sizeE8);

    /// <summary>Adds a fill.</summary>
    public void Add(RestingOrder maker, RestingOrder taker, ulong sizeE8)
    {
        foreach (RestingOrder side in (RestingOrder[])[maker, taker])
        {
            _sizes[Key(side)] = Held(side) + side.Signed64(sizeE8);
        }
    }

    private static (ulong Account, UInt128 Instrument) Key(RestingOrder side) => (side.Account, side.Signed.Order.Instrument);

    private long Side(RestingOrder side, ulong sizeE8) => Fees.OpenInterestChange(Held(side), Held(side) + side.Signed64(sizeE8));

    private long Held(RestingOrder side) => _sizes.TryGetValue(Key(side), out long known) ? known : book.Accounts.TryGetValue(side.Account, out BookAccount? account) ? account.State.SizeOf(side.Instrument) : 0;
}
