using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Markets;

/// <summary>What holds an account back whatever it is worth, in sentences: where that is so no amount is explained by its margin.</summary>
internal static class Restraints
{
    /// <summary>Why nothing that rests on a proof of health can be taken out (CLR-016, CLR-018); null where margin decides.</summary>
    public static string? OfWithdrawals(BookAccount account, Holding holding, ProtocolBook book, CheckpointInputs inputs, InstrumentNames names) =>
        Cause(account, holding, book, inputs, names, MarketState.Normal) is not { } cause ? null
        : account.OpenLot != 0 ? $"Nothing can be taken out while {cause}."
        : $"Only what needs no proof of health can be taken out while {cause}.";

    /// <summary>Why none of its positions can grow (CLR-016, CLR-018); null where margin decides.</summary>
    public static string? OfTrades(BookAccount account, Holding holding, ProtocolBook book, CheckpointInputs inputs, InstrumentNames names) =>
        Cause(account, holding, book, inputs, names, MarketState.ReduceOnly) is not { } cause ? null
        : account.OpenLot != 0 ? $"Nothing can be traded while {cause}."
        : $"Positions can only be made smaller while {cause}.";

    /// <param name="account">The account.</param>
    /// <param name="holding">What it holds.</param>
    /// <param name="book">The book that it is in.</param>
    /// <param name="inputs">The market.</param>
    /// <param name="names">What underlyings are called.</param>
    /// <param name="worst">The worst state of prices that holds nothing back.</param>
    private static string? Cause(BookAccount account, Holding holding, ProtocolBook book, CheckpointInputs inputs, InstrumentNames names, MarketState worst) =>
        account.OpenLot != 0 ? $"auction {account.OpenLot} sells a part of the account"
        : book.IsPaused ? "trading is paused by the guardian"
        : holding.IsPending(inputs.Checkpoint) ? "a position has expired and waits for its settlement price"
        : holding.WaitsFor(inputs.View, worst) is not 0 and var market ? $"the market of {names.Underlying(market)} is {Quotes.Words(StateOf(market, inputs))}, in which the account has a position"
        : null;

    private static MarketState StateOf(ushort market, CheckpointInputs inputs) => inputs.Checkpoint.Underlyings.First(record => record.Underlying == market).MarketState;
}
