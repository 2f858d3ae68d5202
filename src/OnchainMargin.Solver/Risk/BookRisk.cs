using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Risk;

/// <summary>Computes the figures of a whole book with the margin engine; accounts that did not change since the last time at the same checkpoint are not computed again.</summary>
internal static class BookRisk
{
    /// <summary>Computes a book.</summary>
    /// <param name="book">The book.</param>
    /// <param name="inputs">The checkpoint.</param>
    /// <param name="before">What was computed last; null for nothing.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static RiskSnapshot Compute(ProtocolBook book, CheckpointInputs inputs, RiskSnapshot? before, CancellationToken cancellationToken)
    {
        RiskSnapshot? known = before is not null && before.Inputs.InputsHash == inputs.InputsHash && before.Book.Settlements.Count == book.Settlements.Count ? before : null;
        BookAccount[] accounts = [.. book.Accounts.Values];
        var results = new AccountRisk[accounts.Length];
        Parallel.For(0, accounts.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
        {
            BookAccount account = accounts[i];
            results[i] = known is not null && known.Accounts.TryGetValue(account.Id, out AccountRisk? same) && ReferenceEquals(same.Account, account)
                ? same
                : Compute(account, book, inputs);
        });
        return new RiskSnapshot(book, inputs, results.ToImmutableSortedDictionary(static risk => risk.Account.Id, static risk => risk));
    }

    private static AccountRisk Compute(BookAccount account, ProtocolBook book, CheckpointInputs inputs)
    {
        MarginError error = MarginEngine.TryCompute(book.Settlements.Settle(account.State), account.Balances.AsSpan(), inputs.View, SurfaceChoice.Present, out AccountFigures figures);
        return new AccountRisk(account, figures, error);
    }
}
