using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Relay;

/// <summary>By how much an order would raise the option interest if it were matched now, which the chain caps (CLR-015).</summary>
internal static class OptionGrowth
{
    /// <summary>The rise of the sum of long sizes over the fills that an order would have at once with those that it meets, E8; 0 or less when it only closes, or meets nobody.</summary>
    public static long OfE8(RestingOrder order, IReadOnlyList<RestingOrder> met, ProtocolBook book)
    {
        var sizes = new Dictionary<ulong, long>();
        ulong left = order.LeftE8;
        long growth = 0;
        foreach (RestingOrder maker in met)
        {
            ulong size = Math.Min(left, maker.LeftE8);
            growth += Fill(order, size) + Fill(maker, size);
            left -= size;
            if (left == 0)
            {
                break;
            }
        }

        return growth;

        long Fill(RestingOrder side, ulong sizeE8)
        {
            long before = sizes.TryGetValue(side.Account, out long known) ? known : Held(side);
            long later = before + side.Signed64(sizeE8);
            sizes[side.Account] = later;
            return Fees.OpenInterestChange(before, later);
        }

        long Held(RestingOrder side) => book.Accounts.TryGetValue(side.Account, out BookAccount? account) ? account.State.SizeOf(side.Instrument) : 0;
    }
}
