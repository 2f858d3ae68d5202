using OnchainMargin.Margin;
using OnchainMargin.Models.Backtesting;

namespace OnchainMargin.Models.Cascades;

/// <summary>
/// An agent simulation on the C# mirror: a leveraged book, margined by the exact engine at every step of a real crash, market impact that feeds back, and two ways of liquidating. Dumping
/// closes an account that is under maintenance margin by a market order, at once and whole. The protocol's way sells the fraction that restores equity to the target, by Dutch auction after the
/// grace, to keepers of limited capital who take positions over and sell them slowly; what they cannot take waits.
/// </summary>
public sealed class Cascade
{
    private const double ImpactAtDepth = 0.01;
    private const double Target = 1.1;
    private const double DiscountMost = 0.2;
    private const double DiscountRampSeconds = 1200;
    private const double GraceSeconds = 60;
    private const double BidLeast = 0.05;
    private const double E8 = 1e8;
    private const double Dust = 1e-9;
    private const ulong IndexOne = 1_000_000_000_000;

    private readonly double[] _path;
    private readonly double _stepSeconds;
    private readonly StaticParameters _parameters;
    private readonly CascadeOptions _options;
    private readonly double _depth;
    private readonly Agent[] _agents;
    private readonly double _unit;

    /// <summary>Draws the book on the path's first price.</summary>
    /// <exception cref="ArgumentException">A path of fewer than two prices.</exception>
    public Cascade(IReadOnlyList<double> path, double stepSeconds, StaticParameters parameters, CascadeOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        if (path.Count < 2 || path.Any(p => !(p > 0)))
        {
            throw new ArgumentException("a crash needs at least two positive prices: give a longer file", nameof(path));
        }

        _path = [.. path];
        _stepSeconds = stepSeconds;
        _parameters = parameters;
        _options = options;
        _depth = parameters.DepthE8 / E8;
        var interest = options.OpenInterestOverDepth * _depth;
        _unit = interest * _path[0];
        var random = new Random(options.Seed);

        // Sizes are lognormal, as books are: a few large accounts hold much of the open interest.
        var weights = Enumerable.Range(0, options.Accounts).Select(_ => Math.Exp(1.2 * Gaussian(random))).ToArray();
        var total = weights.Sum();
        _agents =
        [
            .. weights.Select(w =>
            {
                var size = interest * w / total;
                return random.NextDouble() < options.HedgedShare
                    ? new Agent(-size, size, 0.1 * size * _path[0])
                    : new Agent(size, 0, size * _path[0] / (options.LeverageLeast + ((options.LeverageMost - options.LeverageLeast) * random.NextDouble())));
            }),
        ];
        var view = View(_path[0]);
        foreach (var agent in _agents)
        {
            // Nobody may begin under initial margin.
            var (_, _, initial) = Figures(agent, view, _path[0]);
            agent.Cash = Math.Max(agent.Cash, 1.02 * (initial - (agent.Spot * _path[0])));
            agent.Entry = _path[0];
        }
    }

    /// <summary>Runs the crash without, by dumping, and by auction.</summary>
    public IReadOnlyList<CascadeResult> Run() => [Run("dumping", auction: false), Run("auction", auction: true)];

    private CascadeResult Run(string name, bool auction)
    {
        var agents = Array.ConvertAll(_agents, a => a.Copy());
        var prices = new double[_path.Length];
        var sold = new double[_path.Length];
        double impact = 0, worst = 0, soldUnits = 0, badDebt = 0, insured = 0, inventory = 0;
        var capital = _options.KeeperCapital * _unit;
        var start = capital;
        var decay = Math.Pow(0.5, _stepSeconds / (_options.ImpactHalfLifeHours * 3600));
        var steps = Math.Max(1, (int)(_stepSeconds / 60));
        var inner = Math.Pow(decay, 1.0 / steps);
        for (var t = 0; t < _path.Length; t++)
        {
            // Between two prices of the file the path is straight and the protocol acts every minute.
            for (var minute = 0; minute < steps; minute++)
            {
                var from = _path[t];
                var next = t + 1 < _path.Length ? _path[t + 1] : from;
                var fair = from + ((next - from) * minute / steps);
                impact *= inner;
                var price = fair * Math.Exp(-impact);
                var view = View(price);
                double dumped = 0;
                foreach (var agent in agents)
                {
                    if (Math.Abs(agent.Perpetual) < Dust)
                    {
                        continue;
                    }

                    var (equity, maintenance, _) = Figures(agent, view, price);
                    if (equity >= maintenance)
                    {
                        agent.UnderSeconds = 0;
                        continue;
                    }

                    agent.UnderSeconds += _stepSeconds / steps;
                    agent.IsHit = true;
                    if (!auction)
                    {
                        // The order walks down the book that those before it in this minute have eaten already.
                        var units = agent.Perpetual;
                        agent.Close(units, AveragePrice(price, dumped, units, _depth));
                        dumped += units;
                        badDebt += agent.TakeDebt(price);
                        continue;
                    }

                    (capital, inventory, insured, var debt) = Auction(agent, equity, maintenance, price, capital, inventory, insured);
                    badDebt += debt;
                }

                if (auction)
                {
                    dumped = inventory * Math.Min(1, _stepSeconds / steps / (_options.KeeperUnwindHours * 3600));
                    inventory -= dumped;
                    capital += dumped * AveragePrice(price, 0, dumped, _depth);
                }

                impact += dumped / _depth * ImpactAtDepth;
                soldUnits += Math.Abs(dumped);
                worst = Math.Max(worst, impact);
                prices[t] = minute == 0 ? price : prices[t];
            }

            sold[t] = soldUnits * _path[0] / _unit;
        }

        var last = prices[^1];
        return new CascadeResult
        {
            Name = name,
            WorstImpact = 1 - Math.Exp(-worst),
            Liquidated = agents.Count(a => a.IsHit),
            HedgedLiquidated = agents.Count(a => a.IsHit && a.Spot > 0),
            Lost = agents.Count(a => a.IsHit && Math.Abs(a.Perpetual) < Dust),
            BadDebt = badDebt / _unit,
            InsuranceUsed = auction ? insured / _unit : Math.Min(badDebt / _unit, _options.Insurance),
            EquityLeft = agents.Sum(a => a.Equity(last)) / _unit,
            KeeperGain = (capital + (inventory * last) - start) / _unit,
            Prices = prices,
            Sold = sold,
        };
    }

    /// <summary>
    /// What a unit is paid on average when <paramref name="units"/> go to the market (above zero sold, below bought) where <paramref name="sold"/> went, net, earlier in the same minute:
    /// each of those has moved the price by its part of the depth, and half of these have when a middle one is reached.
    /// </summary>
    internal static double AveragePrice(double price, double sold, double units, double depth) => price * (1 - ((sold + (units / 2)) / depth * ImpactAtDepth));

    /// <summary>One minute of a lot: keepers buy when the discount pays for the risk and their capital carries the margin of what they take over.</summary>
    private (double Capital, double Inventory, double Insured, double Debt) Auction(
        Agent agent, double equity, double maintenance, double price, double capital, double inventory, double insured)
    {
        var waited = agent.UnderSeconds - GraceSeconds;
        if (waited < 0)
        {
            return (capital, inventory, insured, 0);
        }

        var notional = Math.Abs(agent.Perpetual) * price;
        var discount = Math.Min(DiscountMost, DiscountMost * waited / DiscountRampSeconds);
        var asked = _options.KeeperReturn * notional;
        var paid = discount * Math.Max(equity, 0);
        double topUp = 0;
        if (equity <= 0 || (discount >= DiscountMost && paid < asked))
        {
            // Insurance tops up, at most 3 % of notional beside the deficit, rising over an hour.
            topUp = Math.Min(Math.Max(-equity, 0) + Math.Min(asked, 0.03 * notional * Math.Min(1, waited / 3600)), (_options.Insurance * _unit) - insured);
            paid = topUp + Math.Min(equity, 0) + Math.Max(paid, 0);
        }

        if (paid < asked)
        {
            return (capital, inventory, insured, 0);
        }

        var part = equity <= 0 ? 1 : Math.Clamp(((Target * maintenance) - equity) / Math.Max((Target * maintenance) - (discount * equity), Dust), BidLeast, 1);
        var requirement = 1.3 * _parameters.Risk.PriceRangeE8 / E8 * notional;

        // Capital is what stands behind the inventory: keepers keep initial margin for all they hold.
        var free = capital + (inventory * price) - (1.3 * _parameters.Risk.PriceRangeE8 / E8 * Math.Abs(inventory) * price);
        part = Math.Min(part, Math.Max(0, free) / Math.Max(requirement, Dust));
        if (part < BidLeast)
        {
            return (capital, inventory, insured, 0);
        }

        // The slice of perpetual is taken over at the price; the keeper is paid the discount of the slice's equity.
        var units = agent.Perpetual * part;
        agent.Close(units, price);
        agent.Cash -= discount * Math.Max(equity, 0) * part;
        var spent = topUp * part;
        capital += (discount * Math.Max(equity, 0) * part) + (equity > 0 ? spent : Math.Max(0, spent + (equity * part)));
        capital -= units * price;
        inventory += units;
        agent.UnderSeconds = 0;
        var debt = equity < 0 ? -equity * part : 0;
        agent.Cash += debt;
        return (capital, inventory, insured + Math.Max(spent, 0), Math.Max(0, debt - spent));
    }

    private CheckpointView View(double price)
    {
        var priceE8 = (long)Math.Round(price * E8);
        var record = new UnderlyingRecord(1, 1, MarketState.Normal, priceE8, priceE8, 0, 0, priceE8, 0, _parameters.DepthE8, _parameters.Risk, []);
        return new CheckpointView(new Checkpoint(
            new CheckpointHeader(1, 1, 130_000_000, IndexOne, IndexOne), [new CollateralRecord(1, 1, 8, _parameters.HaircutE8, (long)E8)], [record]));
    }

    private static (double Equity, double Maintenance, double Initial) Figures(Agent agent, CheckpointView view, double price)
    {
        var sizeE8 = (long)Math.Round(agent.Perpetual * E8);
        var state = new AccountState { Positions = sizeE8 == 0 ? [] : [new Position(Instrument.Perpetual(1), sizeE8, 0)] };
        Span<Balance> balances = stackalloc Balance[1];
        var count = agent.Spot > 0 ? 1 : 0;
        balances[0] = new Balance(1, (UInt128)Math.Round(Math.Max(agent.Spot, 0) * E8));
        var figures = MarginEngine.Compute(state, balances[..count], view);
        return (agent.Equity(price), (double)figures.MaintenanceE8 / E8, (double)figures.InitialE8 / E8);
    }

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
