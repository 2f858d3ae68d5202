using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Cli.Chain;

/// <summary>Accounts as their next operations find them, with the interest that they owe by then: their stored states are of their last ones. The hash stays that of the stored state.</summary>
internal static class DueAccount
{
    /// <summary>An account of a book.</summary>
    /// <param name="account">The account.</param>
    /// <param name="book">The book that it is in.</param>
    /// <param name="indices">Whose indices count; null before the first checkpoint, when there is no interest.</param>
    public static BookAccount Of(BookAccount account, ProtocolBook book, CheckpointHeader? indices) =>
        indices is null ? account : account with { State = AccountTouch.Due(account, book, indices) };

    /// <summary>An account that was read by itself: all that happened is read as well only where it is in a lot or something of it has expired.</summary>
    public static async Task<BookAccount> ReadAsync(ProtocolSession session, BookAccount account, CancellationToken cancellationToken)
    {
        CheckpointHeader now = (await session.Client.GetLiveInputsAsync(cancellationToken: cancellationToken)).Checkpoint.Header;
        bool restsOnOthers = account.OpenLot != 0 || account.State.Positions.Any(position => position.Instrument.Expiry != 0 && position.Instrument.Expiry <= now.Time);
        return Of(account, restsOnOthers ? await session.Client.ReplayAsync(cancellationToken) : ProtocolBook.Empty, now);
    }
}
