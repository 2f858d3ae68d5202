using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>An account and its margin.</summary>
/// <param name="Account">The account.</param>
/// <param name="Report">Its margin.</param>
internal sealed record AccountReport(BookAccount Account, MarginReport Report)
{
    /// <summary>Computes the margin of an account.</summary>
    public static AccountReport Of(BookAccount account, CheckpointView view) => new(account, MarginEngine.Report(account.State, account.Balances.AsSpan(), view));

    /// <summary>Computes all accounts, on all cores, in their order.</summary>
    public static AccountReport[] OfAll(Book book, CancellationToken cancellation)
    {
        var reports = new AccountReport[book.Accounts.Length];
        Parallel.For(0, reports.Length, new ParallelOptions { CancellationToken = cancellation }, i => reports[i] = Of(book.Accounts[i], book.View));
        return reports;
    }
}
