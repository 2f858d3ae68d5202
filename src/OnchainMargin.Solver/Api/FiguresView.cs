namespace OnchainMargin.Solver.Api;

/// <summary>The figures that decide about an account, as the engine computed them; the referee gives the same integers on chain.</summary>
/// <param name="Checkpoint">The checkpoint that they are of; of live figures the last one that was stored, whose indices they go by and whose figures are others.</param>
/// <param name="TimeSeconds">The time of their prices.</param>
/// <param name="IsLive">Whether they are of what a checkpoint would store now, and of none that a signature or the referee could name.</param>
/// <param name="EquityE8">Equity.</param>
/// <param name="InitialMarginE8">Initial margin.</param>
/// <param name="MaintenanceMarginE8">Maintenance margin.</param>
/// <param name="FloorMarginE8">The floor.</param>
/// <param name="FloorEquityE8">Equity without trust in volatilities.</param>
/// <param name="LeastCashE8">The least cash at which equity is the initial margin.</param>
/// <param name="HealthE8">Equity over maintenance margin; null when nothing is required.</param>
internal sealed record FiguresView(
    string Checkpoint, string TimeSeconds, bool IsLive, string EquityE8, string InitialMarginE8, string MaintenanceMarginE8, string FloorMarginE8, string FloorEquityE8, string LeastCashE8, string? HealthE8);
