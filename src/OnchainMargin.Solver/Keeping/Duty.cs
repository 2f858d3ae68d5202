using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Keeping;

/// <summary>One thing to do on chain.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Decision">What is done, in one word.</param>
/// <param name="Key">The intent's key.</param>
/// <param name="Why">Why, with figures.</param>
/// <param name="IsPrivate">Whether others would copy it.</param>
internal sealed record Duty(string Subject, string Decision, string Key, string Why, bool IsPrivate = false)
{
    /// <summary>What is left alone for a while when the chain refuses it, in whatever state the account or lot is then. Of each duty by itself: a holder who serves nothing yet can sink.</summary>
    public string Name => KeeperKeys.NameOf(Key);

    /// <summary>Something that is done with an account.</summary>
    public static Duty Of(BookAccount account, string decision, string why) => new($"account {account.Id}", decision, KeeperKeys.Of(decision, account), why);

    /// <summary>Something that is done with a lot.</summary>
    public static Duty Of(BookLot lot, string decision, string why) => new($"lot {lot.Id} of account {lot.Account}", decision, KeeperKeys.Of(decision, lot), why);
}
