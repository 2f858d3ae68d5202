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
    /// <summary>As many times its gas is at stake with a duty that is not dust: the chain itself pays a start at most a twentieth of what it saves (CLR-044).</summary>
    private const int DustParts = 20;

    /// <summary>What would be lost or left undone without it, money E8: margin, debt, what something settles at; never a notional, which of worthless options anybody makes as large as he likes. 0 where nobody has anything to lose, the largest number where it is worth whatever it may cost.</summary>
    public Int128 StakeE8 { get; init; }

    /// <summary>What is left alone for a while when the chain refuses it, in whatever state the account or lot is then. Of each duty by itself: a holder who serves nothing yet can sink.</summary>
    public string Name => KeeperKeys.NameOf(Key);

    /// <summary>The most that its gas may cost for it not to be dust, money E8.</summary>
    public Int128 MostGasE8 => StakeE8 / DustParts;

    /// <summary>Whether so little is at stake that the gas is hardly worth it: of such there can be thousands, made by somebody who pays next to nothing for each.</summary>
    /// <param name="gasE8">What its gas costs.</param>
    public bool IsDust(Int128 gasE8) => MostGasE8 < gasE8;

    /// <summary>Something that is done with an account.</summary>
    public static Duty Of(BookAccount account, string decision, string why) => new($"account {account.Id}", decision, KeeperKeys.Of(decision, account), why);

    /// <summary>Something that is done with a lot, with what is at stake in it.</summary>
    public static Duty Of(BookLot lot, string decision, string why, Int128 stakeE8 = default) => new($"lot {lot.Id} of account {lot.Account}", decision, KeeperKeys.Of(decision, lot), why) { StakeE8 = stakeE8 };
}
