using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Api;

/// <content>Margins of accounts: breakdown, distances, curves, what-if.</content>
internal sealed partial class ProtocolViews
{
    private const int CurveSteps = 40;
    private const long CurveStepE8 = 2_500_000;
    private const decimal Hundred = 100m;

    /// <summary>Every term of a holding's margin; null when the market does not hold what it touches.</summary>
    /// <param name="account">Whose it is.</param>
    /// <param name="holding">What is held.</param>
    /// <param name="checkpoint">The market, moved or not.</param>
    /// <param name="view">The same, ready for the engine.</param>
    /// <param name="inputs">What the market is of, or was moved from.</param>
    /// <param name="isLive">Whether that is of now, and no stored checkpoint.</param>
    public BreakdownView? Breakdown(BookAccount account, Holding holding, Checkpoint checkpoint, CheckpointView view, CheckpointInputs inputs, bool isLive)
    {
        if (holding.Figures(view) is null || holding.TradeFigures(checkpoint, view) is not { } traded)
        {
            return null;
        }

        MarginReport report = MarginEngine.Report(holding.State, holding.Balances.AsSpan(), view);
        var words = new WorstWords(_names, checkpoint);
        ushort first = report.Underlyings.Length > 0 ? report.Underlyings[0].Underlying : (ushort)0;
        return new BreakdownView(
            Figures(report.Figures, inputs, isLive),
            ApiNumbers.Text(traded.FreeE8),
            ApiNumbers.Text(traded.AboveFloorE8),
            Restraints.OfTrades(account, holding, Book!, inputs, _names),
            ApiNumbers.Text(report.StandardE8),
            ApiNumbers.Text(report.StandardE8 - report.Figures.MaintenanceE8),
            ApiNumbers.Text(report.CollateralValueE8),
            ApiNumbers.Text(report.HaircutE8),
            words.Sentence(report.Worst, holding.State),
            [.. report.Underlyings.Select(terms => View(terms, words))],
            [.. report.Groups.Select(static g => new GroupView(
                ApiNumbers.Text(g.Group), ApiNumbers.Text(g.MaintenanceE8), ApiNumbers.Text(g.Joint24E8), ApiNumbers.Text(Units(g.Loss24E8)), ApiNumbers.Text(Units(g.NettingFloor24E8)), g.WorstScenario))],
            [.. report.Collaterals.Select(collateral => View(collateral, holding))],
            [.. report.Greeks.Select(static g => new GreeksView(
                ApiNumbers.Text(g.Underlying), ApiNumbers.Text(g.Expiry), ApiNumbers.Text(g.DeltaE8), ApiNumbers.Text(g.GammaE16), ApiNumbers.Text(g.VegaE8), ApiNumbers.Text(g.ThetaE8)))],
            [.. Enumerable.Range(0, Scenarios.Count).Select(index => View(index, report, first, words))]);
    }

    /// <summary>How far each price may move before the holding can be liquidated.</summary>
    public IReadOnlyList<DistanceView> Distances(Holding holding, Checkpoint checkpoint) =>
    [
        .. holding.Underlyings(checkpoint).Select(underlying =>
        {
            LiquidationPrices prices = LiquidationPrices.Of(holding, underlying, checkpoint);
            return new DistanceView(
                ApiNumbers.Text(underlying),
                _names.Underlying(underlying),
                ApiNumbers.Text(prices.SpotE8),
                prices.BelowE8 is { } below ? ApiNumbers.Text(below) : null,
                prices.AboveE8 is { } above ? ApiNumbers.Text(above) : null,
                Percent(prices.BelowE8, prices.SpotE8),
                Percent(prices.AboveE8, prices.SpotE8));
        }),
    ];

    /// <summary>Equity and requirement against the price of one underlying, from half to one and a half.</summary>
    public CurveView? Curve(Holding holding, ushort underlying, Checkpoint checkpoint)
    {
        if (checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == underlying) is not { } record || holding.Figures(new CheckpointView(checkpoint)) is not { } now)
        {
            return null;
        }

        var points = new List<CurvePointView>();
        for (int step = -CurveSteps / 2; step <= CurveSteps / 2; step++)
        {
            Shock shock = Shock.OfPrice(underlying, Shock.One + (step * CurveStepE8));
            Checkpoint moved = shock.Apply(checkpoint);
            if (holding.Figures(new CheckpointView(moved)) is { } figures)
            {
                points.Add(new CurvePointView(
                    ApiNumbers.Text(moved.Underlyings.First(other => other.Underlying == underlying).SpotE8),
                    ApiNumbers.Text(figures.EquityE8 - now.EquityE8),
                    ApiNumbers.Text(figures.EquityE8),
                    ApiNumbers.Text(figures.MaintenanceE8)));
            }
        }

        return new CurveView(ApiNumbers.Text(underlying), _names.Underlying(underlying), ApiNumbers.Text(record.SpotE8), points);
    }

    /// <summary>What else than margin holds back what can be taken out of an account; null for nothing.</summary>
    public string? WithdrawalReason(BookAccount account, CheckpointInputs inputs) => Restraints.OfWithdrawals(account, Holding.Of(account, Book!, inputs), Book!, inputs, _names);

    /// <summary>What the referee needs to compute an account at the last checkpoint; null before the first, or when it does not hold what the account touches.</summary>
    public InputsView? Inputs(BookAccount account) =>
        Book?.LatestCheckpoint is { } inputs && MarginEngine.TryCompute(account.State, account.Balances.AsSpan(), inputs.View, SurfaceChoice.Present, out AccountFigures figures) == MarginError.None
            ? new InputsView(
                ApiNumbers.Text(account.Id),
                ApiNumbers.Text(inputs.Id),
                inputs.InputsHash.ToString(),
                account.StateHash.ToString(),
                HexData.Encode(account.StateBytes),
                HexData.Encode(Balances.Pack(account.Balances)),
                HexData.Encode(inputs.Head),
                HexData.Encode(inputs.RecordsFor(account.State, account.Balances)),
                Figures(figures, inputs, isLive: false))
            : null;

    private static UnderlyingView View(UnderlyingReport u, WorstWords words) => new(
        ApiNumbers.Text(u.Underlying),
        words.Name(u.Underlying),
        ApiNumbers.Text(u.Group),
        u.WorstScenario,
        words.Label(u.WorstScenario, u.Underlying),
        ApiNumbers.Text(Units(Int128.Max(u.Scenario24E8, u.Between24E8))),
        [.. u.Weighted24E8.Select(ApiNumbers.Text)],
        ApiNumbers.Text(u.ShortMinimumE8),
        ApiNumbers.Text(u.BasisE8),
        ApiNumbers.Text(u.LiquidityE8),
        ApiNumbers.Text(u.VegaE8),
        ApiNumbers.Text(u.StaleE8),
        ApiNumbers.Text(u.RateE8),
        ApiNumbers.Text(u.SpreadE8),
        ApiNumbers.Text(u.NetE8),
        ApiNumbers.Text(u.GrossE8));

    private CollateralView View(CollateralReport collateral, Holding holding) => new(
        ApiNumbers.Text(collateral.Token),
        _names.Token(collateral.Token),
        Decimals(collateral.Token),
        holding.Balances.First(balance => balance.Token == collateral.Token).AmountRaw.ToString(CultureInfo.InvariantCulture),
        ApiNumbers.Text(collateral.ValueE8),
        ApiNumbers.Text(collateral.HaircutE8));

    private static ScenarioView View(int index, MarginReport report, ushort first, WorstWords words)
    {
        Scenario scenario = Scenarios.Scenario(index);
        Int128 sum24 = 0;
        foreach (UnderlyingReport underlying in report.Underlyings)
        {
            sum24 += underlying.Weighted24E8[index];
        }

        return new ScenarioView(index, words.Label(index, first), scenario.Quarters, scenario.Volatility, scenario.Weight24, ApiNumbers.Text(sum24 / Scenarios.FullWeight));
    }

    /// <summary>Money from 24ths of it, a loss rounded up.</summary>
    private static Int128 Units(Int128 value24) => value24 > 0 ? (value24 + Scenarios.FullWeight - 1) / Scenarios.FullWeight : value24 / Scenarios.FullWeight;

    private static string? Percent(long? priceE8, long spotE8) =>
        priceE8 is { } price ? Math.Round((((decimal)price / spotE8) - 1) * Hundred, 2).ToString("0.00", CultureInfo.InvariantCulture) : null;
}
