using System.Globalization;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Relay;

/// <summary>The keys of settlements. They are written and read here alone: after a restart the store knows an intent by nothing else.</summary>
internal static class SettlementKeys
{
    private const string Settle = "settle ";
    private const string Fills = " fills ";

    /// <summary>The key of a settlement of so many fills.</summary>
    public static string Of(int fills, ReadOnlyMemory<byte> data) => string.Create(CultureInfo.InvariantCulture, $"{Settle}{fills}{Fills}{Keccak256.Hash(data.Span).ToString()[..18]}");

    /// <summary>Whether an entry that is not settled for good is a settlement under way: in no block yet, or in one after that of a book.</summary>
    public static bool IsUnderWay(OutboxEntry entry, ulong block) =>
        entry.Intent.StartsWith(Settle, StringComparison.Ordinal) && entry.Intent.Contains(Fills, StringComparison.Ordinal) && (entry.State == OutboxState.Live || entry.BlockNumber > block);
}
