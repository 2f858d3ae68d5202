using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Cli.Chain;

/// <summary>Accounts in open lots as their lots leave them: their stored states are of before, their tokens of now.</summary>
internal static class LotRest
{
    /// <summary>What its lot leaves of an account, with the state's bytes, so that the referee can be asked of it; the account itself when it is in none. The hash stays that of the stored state.</summary>
    /// <param name="account">The account.</param>
    /// <param name="book">The book that it is in.</param>
    /// <param name="inputs">Whose indices count; null before the first checkpoint, when there is no lot.</param>
    public static BookAccount Of(BookAccount account, ProtocolBook book, CheckpointInputs? inputs) =>
        inputs is not null && LotParts.RestOf(account, book, inputs.Checkpoint.Header) is var (state, balances)
            ? account with { State = state, StateBytes = state.Pack(), Balances = balances }
            : account;
}
