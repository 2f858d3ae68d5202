using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Markets;

/// <summary>What an attested proof lends an account, and what that costs (CLR-050, CLR-054).</summary>
/// <param name="CreditE8">The credit.</param>
/// <param name="FeeE8">The fee on it, out of the account's cash.</param>
/// <param name="AsideE8">What does not count: locked gains and what averaged prices take, at a withdrawal; tokens of halted markets, at a trade.</param>
/// <param name="AboveFloorE8">How far the floor is kept without the fee; negative where the floor alone refuses the operation.</param>
internal readonly record struct CreditQuote(Int128 CreditE8, Int128 FeeE8, Int128 AsideE8, Int128 AboveFloorE8)
{
    /// <summary>Of a state that an operation leaves. Null when the market does not hold what the account touches.</summary>
    public static CreditQuote? Of(Holding after, bool isWithdrawal, ProtocolBook book, CheckpointInputs inputs)
    {
        if (after.Figures(inputs.View, SurfaceChoice.Worse) is not { } figures)
        {
            return null;
        }

        Int128 aside = isWithdrawal ? Withdrawable.AsideE8(after, figures.EquityE8, book, inputs) : after.BesideE8(inputs.Checkpoint, MarketState.ReduceOnly);
        Int128 floorEquityE8 = figures.FloorEquityE8 - aside;
        Int128 creditE8 = AttestedCredit.CreditE8(after.State.Positions, after.Balances, inputs.Checkpoint, floorEquityE8);
        Int128 feeE8 = AttestedCredit.FeeUp(creditE8, book.Parameters.Clearing.CreditFeeE8);
        return new CreditQuote(creditE8, feeE8, aside, floorEquityE8 - feeE8 - figures.FloorE8);
    }
}
