using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Solver.Risk;

/// <summary>An account's figures at a checkpoint.</summary>
/// <param name="Account">The account.</param>
/// <param name="Figures">Its figures; meaningless when there is an error.</param>
/// <param name="Error">Why it could not be computed: an underlying, expiry or token that the checkpoint does not hold yet.</param>
internal sealed record AccountRisk(BookAccount Account, AccountFigures Figures, MarginError Error)
{
    /// <summary>Equity over maintenance margin in E8; null when nothing is required or it could not be computed.</summary>
    public Int128? HealthE8 => Error == MarginError.None && Figures.MaintenanceE8 > 0 ? Figures.EquityE8 * 100_000_000 / Figures.MaintenanceE8 : null;

    /// <summary>Whether equity is below the maintenance margin.</summary>
    public bool IsUnderWater => Error == MarginError.None && Figures.EquityE8 < Figures.MaintenanceE8;
}
