using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Quorum;

/// <summary>The order in which attesters do what one of them is to do: by address, each later one only where those before it have not.</summary>
internal static class Seats
{
    /// <summary>How many attesters come before the first of some keys.</summary>
    /// <param name="keys">The keys of a node.</param>
    /// <param name="book">The attesters.</param>
    /// <param name="first">The place of the attester that begins.</param>
    /// <returns>The number; null when none of the keys is an attester's.</returns>
    public static int? RankOf(IReadOnlyList<IHashSigner> keys, ProtocolBook book, int first)
    {
        int seats = book.Attesters.Count;
        return keys.Where(key => book.Attesters.Contains(key.Address)).Min(key => (int?)((book.Attesters.IndexOf(key.Address) + seats - first) % seats));
    }
}
