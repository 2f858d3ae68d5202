using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Keeping;

namespace OnchainMargin.Solver.Keeping;

/// <content>What happens below insurance: lots that nobody can bid for are taken over, and opposite holders serve the needs. And at expiry: positions of others are settled.</content>
internal sealed partial class KeeperRole
{
    /// <summary>How long holders come before insurance (CLR-045).</summary>
    private const long HoldersFirstSeconds = 86_400;

    /// <summary>Has a lot taken over that insurance cannot pay for: one whose account owes more than it holds, or one that is insolvent by itself while proceeds or deposits, which no bid may take, make up for it. The chain decides, and refuses while insurance can pay.</summary>
    private Task<bool> DeleverageAsync(BookLot lot, Int128 equityE8, LotWorth? whole, CheckpointInputs live, CancellationToken cancellationToken)
    {
        string? why = equityE8 < 0 ? $"it owes {BidModel.Money(-equityE8)} more than it holds"
            : whole is { EquityE8: var worth } && worth < 0 ? "the lot is insolvent, though its account has proceeds or deposits"
            : null;
        return why is null ? Task.FromResult(false) : DutyAsync(Of(lot, "take-over", why), _client.Calls.Deleverage(lot), live, cancellationToken);
    }

    private async Task ServeNeedsAsync(ProtocolBook book, CheckpointInputs live, CancellationToken cancellationToken)
    {
        if (book.Needs.IsEmpty)
        {
            return;
        }

        foreach (BookAccount account in book.Accounts.Values)
        {
            if (account.OpenLot != 0 || IsCooling(account.Id) || !FacesNeed(account.State, book))
            {
                continue;
            }

            await DutyAsync(Of(account, "serve", "it holds the opposite of what was taken over"), _client.Calls.ServeNeed(account), live, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Settles expired positions of others: until then they stand in the open interest that everybody's requirement grows with.</summary>
    private async Task SettleExpiredAsync(ProtocolBook book, CheckpointInputs live, CancellationToken cancellationToken)
    {
        if (!_options.SettlesExpired)
        {
            return;
        }

        foreach (BookAccount account in Liquidations.Settleable(book).Where(account => !IsCooling(account.Id)))
        {
            await DutyAsync(Of(account, "settle", "its expired positions have their settlement price"), _client.Calls.SettleExpired(account), live, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes needs that nobody served within a day after their instrument was priced: until then their gain or loss stands nowhere.</summary>
    private async Task SettleNeedsAsync(ProtocolBook book, CheckpointInputs live, CancellationToken cancellationToken)
    {
        foreach ((Instrument instrument, long size) in book.Needs.Where(need => book.Settlements.PriceE8(need.Key) != 0 && (book.Settlements.IsWoundDown(need.Key.Underlying) || need.Key.Expiry + HoldersFirstSeconds <= live.Checkpoint.Header.Time)))
        {
            var duty = new Duty($"need of {instrument}", "settle-need", string.Create(CultureInfo.InvariantCulture, $"settle need {instrument.Packed} of {size}"), "its instrument is settled, and nobody serves it");
            await DutyAsync(duty, _client.Calls.SettleNeed(instrument), live, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fetches rewards of starts once they are more than a duty may cost, so that the claim never costs more than it brings.</summary>
    private async Task ClaimAsync(ProtocolBook book, CheckpointInputs live, CancellationToken cancellationToken)
    {
        Int128 held = (Int128)book.Held.GetValueOrDefault(_transactions.Sender);
        if (held > _options.DutyCostE8)
        {
            var duty = new Duty("rewards", "claim", string.Create(CultureInfo.InvariantCulture, $"claim {held} after lot {book.Lots.Keys.LastOrDefault()}"), $"{BidModel.Money(held)} are held for starts");
            await DutyAsync(duty, _client.Calls.Claim(_transactions.Sender), live, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Duty Of(BookAccount account, string decision, string why) =>
        new($"account {account.Id}", decision, KeyOf(decision, account), why, account.Id);

    /// <summary>The key of what is done with an account. It holds the whole hash: an owner could find another state that shares a few of its digits, and that would count as done.</summary>
    internal static string KeyOf(string decision, BookAccount account) => string.Create(CultureInfo.InvariantCulture, $"{decision} account {account.Id} at {account.StateHash}");
}
