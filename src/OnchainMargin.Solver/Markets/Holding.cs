using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Solver.Markets;

/// <summary>What an account has, as an operation would find it: interest accrued and the settlement token swept into cash.</summary>
/// <param name="State">The state.</param>
/// <param name="Balances">Collateral, without the settlement token.</param>
internal sealed record Holding(AccountState State, ImmutableArray<Balance> Balances)
{
    /// <summary>The account as an operation at these inputs would find it.</summary>
    public static Holding Of(BookAccount account, ProtocolBook book, CheckpointInputs inputs)
    {
        byte decimals = book.Tokens.TryGetValue(0, out BookToken? settlement) ? settlement.Decimals : (byte)6;
        (AccountState state, ImmutableArray<Balance> balances) = AccountTouch.Touched(account.State, account.Balances, inputs.Checkpoint.Header, decimals, book.Settlements);
        return new Holding(state, balances);
    }

    /// <summary>The figures at a market; null when it does not hold what the account touches.</summary>
    public AccountFigures? Figures(CheckpointView view, SurfaceChoice choice = SurfaceChoice.Present) =>
        MarginEngine.TryCompute(State, Balances.AsSpan(), view, choice, out AccountFigures figures) == MarginError.None ? figures : null;

    /// <summary>The underlyings whose price it feels, ascending.</summary>
    public IReadOnlyList<ushort> Underlyings(Checkpoint checkpoint) =>
    [
        .. State.Positions.Select(static position => position.Instrument.Underlying)
            .Concat(Balances.Select(balance => checkpoint.Collaterals.FirstOrDefault(record => record.Token == balance.Token)?.Underlying ?? 0).Where(static underlying => underlying != 0))
            .Distinct().Order(),
    ];
}
