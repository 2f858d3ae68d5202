using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Chain;

/// <summary>The figures of one account from both sides.</summary>
/// <param name="Account">The account.</param>
/// <param name="Engine">What the C# engine computes.</param>
/// <param name="Referee">What the contract computes.</param>
internal sealed record AccountHealth(ulong Account, AccountFigures Engine, AccountFigures Referee)
{
    private const int PercentDigits = 10_000;

    /// <summary>Whether every integer agrees.</summary>
    public bool Agrees => Engine == Referee;

    /// <summary>Whether the account can be liquidated.</summary>
    public bool IsUnderWater => Engine.EquityE8 < Engine.MaintenanceE8;

    /// <summary>Equity over maintenance margin in ten thousandths; null without a requirement.</summary>
    public Int128? RatioBps => Engine.MaintenanceE8 == 0 ? null : Engine.EquityE8 * PercentDigits / Engine.MaintenanceE8;

    /// <summary>The figures by name, both sides.</summary>
    public IReadOnlyList<(string Name, Int128 Engine, Int128 Referee)> Figures() =>
    [
        ("equity", Engine.EquityE8, Referee.EquityE8),
        ("maintenanceMargin", Engine.MaintenanceE8, Referee.MaintenanceE8),
        ("initialMargin", Engine.InitialE8, Referee.InitialE8),
        ("floorMargin", Engine.FloorE8, Referee.FloorE8),
        ("floorEquity", Engine.FloorEquityE8, Referee.FloorEquityE8),
        ("leastCash", Engine.LeastCashE8, Referee.LeastCashE8),
    ];
}
