using System.Globalization;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Keeping;

/// <summary>The keys of what a keeper does. They are written and read here alone: after a restart the store knows an intent by nothing else.</summary>
internal static class KeeperKeys
{
    private const string At = " at ";
    private const string Try = " (try ";

    /// <summary>The key of what is done with an account. It holds the whole hash: an owner could find another state that shares a few of its digits, and that would count as done.</summary>
    public static string Of(string decision, BookAccount account) => string.Create(CultureInfo.InvariantCulture, $"{decision} account {account.Id}{At}{account.StateHash}");

    /// <summary>The key of what is done with a lot.</summary>
    public static string Of(string decision, BookLot lot) => string.Create(CultureInfo.InvariantCulture, $"{decision} lot {lot.Id}{At}{lot.LotHash} sold {lot.SoldE8} of {lot.ForSaleE8} under {lot.MaintenanceE8}");

    /// <summary>The key of a bid.</summary>
    public static string OfBid(BookLot lot, BookAccount bidder) => string.Create(CultureInfo.InvariantCulture, $"bid lot {lot.Id}{At}{lot.LotHash} from {lot.SoldE8} by {bidder.Id} at {bidder.StateHash}");

    /// <summary>What an intent does and with what, in whatever state that is: <c>start account 12</c>.</summary>
    public static string NameOf(string intent) => Before(Before(intent, At), Try);

    /// <summary>The same of the same thing in the same state, with another decision.</summary>
    public static string With(string decision, string intent) => decision + Before(intent, Try)[intent.IndexOf(' ', StringComparison.Ordinal)..];

    /// <summary>Whether an intent is of a key, at the first try or a later one.</summary>
    public static bool IsOf(string intent, string key) => string.Equals(Before(intent, Try), key, StringComparison.Ordinal);

    /// <summary>Takes an intent apart; false for one that is of no account and no lot.</summary>
    /// <param name="intent">The intent.</param>
    /// <param name="decision">What is done.</param>
    /// <param name="isLot">Whether it is done with a lot; with an account otherwise.</param>
    /// <param name="number">The number of the lot or account.</param>
    public static bool TryRead(string intent, out string decision, out bool isLot, out ulong number)
    {
        (decision, isLot, number) = ("", false, 0);
        if (NameOf(intent).Split(' ') is [var done, "account" or "lot", var last] parts && ulong.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            (decision, isLot) = (done, parts[1] is "lot");
            return true;
        }

        return false;
    }

    /// <summary>Whether an intent changes the state of the account that bids, which each bid names.</summary>
    public static bool IsOfBidder(string intent, ulong bidder) =>
        TryRead(intent, out string decision, out bool isLot, out ulong number) && (isLot ? decision is "bid" or "write-off" : number == bidder);

    private static string Before(string text, string mark) => text.IndexOf(mark, StringComparison.Ordinal) is var at && at >= 0 ? text[..at] : text;
}
