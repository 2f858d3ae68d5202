using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Markets;

/// <summary>What an attested proof lends an account, and what that costs (CLR-050, CLR-054).</summary>
/// <param name="CreditE8">The credit.</param>
/// <param name="FeeE8">The fee on it, out of the account's cash.</param>
internal readonly record struct CreditQuote(Int128 CreditE8, Int128 FeeE8)
{
    /// <summary>Of the account as it is, for a withdrawal of nothing: what is withdrawn comes on top of the credit. Null when the market does not hold what the account touches.</summary>
    public static CreditQuote? Of(BookAccount account, ProtocolBook book, CheckpointInputs inputs)
    {
        Holding holding = Holding.Of(account, book, inputs);
        if (holding.Figures(inputs.View, SurfaceChoice.Worse) is not { } figures)
        {
            return null;
        }

        Int128 floorEquityE8 = figures.FloorEquityE8 - Withdrawable.AsideE8(holding, figures.EquityE8, book, inputs);
        Int128 creditE8 = AttestedCredit.CreditE8(holding.State.Positions, holding.Balances, inputs.Checkpoint, floorEquityE8);
        return new CreditQuote(creditE8, AttestedCredit.FeeUp(creditE8, book.Parameters.Clearing.CreditFeeE8));
    }
}
