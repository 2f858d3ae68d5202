using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Solver.Markets;

/// <summary>Tokens that are sold while trading is paused or their market is not normal: by who owes, up to what he owes, to who owes nothing after it (CLR-025).</summary>
internal static class Repayments
{
    /// <summary>Why a token trades only to repay, or not at all, as the beginning of a sentence; empty where it trades freely.</summary>
    public static string Only(Instrument instrument, ProtocolBook book, CheckpointView view) =>
        !SpotOrders.IsSpot(instrument) ? ""
        : book.IsPaused ? "Trading is paused by the guardian"
        : Quotes.State(instrument, view) is not MarketState.Normal and var state ? $"The market of this token is {Quotes.Words(state)}"
        : "";

    /// <summary>Why an account cannot be a side of such a fill; null when it can.</summary>
    /// <param name="id">The account.</param>
    /// <param name="instrument">The token, of kind spot.</param>
    /// <param name="sizeE8">Signed size of its side.</param>
    /// <param name="cashE8">Its cash before.</param>
    /// <param name="cashAfterE8">Its cash after, with the fee.</param>
    /// <param name="only">Why it is such a fill.</param>
    /// <param name="view">The market.</param>
    public static string? Refusal(ulong id, Instrument instrument, long sizeE8, Int128 cashE8, Int128 cashAfterE8, string only, CheckpointView view) =>
        Quotes.State(instrument, view) == MarketState.Halted ? $"{only}; it is swapped when that opens again."
        : sizeE8 < 0 && cashE8 >= 0 ? $"{only}: until that is over tokens are sold only to pay debts, and account {id} owes nothing."
        : sizeE8 < 0 && cashAfterE8 > 0 ? $"{only}: until that is over tokens are sold only to pay debts, and this would bring account {id} more than it owes; sell less."
        : sizeE8 > 0 && cashAfterE8 < 0 ? $"{only}: until that is over tokens are bought with cash alone, and account {id} would owe some; buy less or deposit more."
        : null;
}
