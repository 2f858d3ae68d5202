using System.Collections.Immutable;
using System.Numerics;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Specification;

/// <summary>The engine's view of the oracle's inputs, made from the oracle's bytes by the engine's own decoders, so that encodings are compared too.</summary>
internal sealed class EngineAccount
{
    public EngineAccount(AccountInputs inputs, CheckpointView? view = null)
    {
        byte[] packed = StateEncoding.Pack(inputs.State);
        Assert.Equal(MarginError.None, AccountState.Unpack(packed, out AccountState? state));
        Assert.Equal(packed, state!.Pack());
        State = state;
        Balances = [.. inputs.Balances.Select(balance => new Balance((ushort)balance.Token, (UInt128)balance.AmountRaw))];
        View = view ?? Market(inputs.Checkpoint);
        Choice = (SurfaceChoice)(int)inputs.Choice;
    }

    public AccountState State { get; }

    public ImmutableArray<Balance> Balances { get; }

    public CheckpointView View { get; }

    public SurfaceChoice Choice { get; }

    public static CheckpointView Market(Oracle.Checkpoint checkpoint)
    {
        byte[] head = CheckpointEncoding.PackHead(checkpoint);
        List<byte[]> records = [.. checkpoint.Underlyings.Select(CheckpointEncoding.Pack)];
        Assert.Equal(MarginError.None, Checkpoint.Unpack(head, records, out Checkpoint? decoded));
        Assert.Equal(head, decoded!.PackHead());
        Assert.Equal(records, decoded.Underlyings.Select(u => u.Pack()));
        return new CheckpointView(decoded);
    }

    /// <summary>Every number that differs between oracle and engine, by name.</summary>
    public IEnumerable<string> Differences(AccountReport expected, BigInteger standard)
    {
        MarginReport report = MarginEngine.Report(State, Balances.AsSpan(), View, Choice);
        AccountFigures figures = MarginEngine.Compute(State, Balances.AsSpan(), View, Choice);
        var list = new List<(string Name, BigInteger Oracle, Int128 Engine)>
        {
            ("equity", expected.Equity, figures.EquityE8), ("maintenance", expected.Maintenance, figures.MaintenanceE8), ("initial", expected.Initial, figures.InitialE8),
            ("floor", expected.Floor, figures.FloorE8), ("floorEquity", expected.FloorEquity, figures.FloorEquityE8), ("leastCash", expected.LeastCash, figures.LeastCashE8),
            ("reported maintenance", expected.Maintenance, report.Figures.MaintenanceE8), ("standard", standard, report.StandardE8),
            ("collateral", expected.CollateralValue, report.CollateralValueE8), ("haircut", expected.Haircut, report.HaircutE8),
            ("underlyings", expected.Underlyings.Count, report.Underlyings.Length), ("groups", expected.Groups.Count, report.Groups.Length),
        };
        foreach ((Oracle.UnderlyingReport o, UnderlyingReport e) in expected.Underlyings.Zip(report.Underlyings))
        {
            string at = $"underlying {o.Record.Underlying} ";
            list.AddRange(
            [
                (at + "scenario24", o.Scenario24, e.Scenario24E8), (at + "between24", o.Between24, e.Between24E8), (at + "shortMinimum", o.ShortMinimum, e.ShortMinimumE8),
                (at + "net", o.Net, e.NetE8), (at + "gross", o.Gross, e.GrossE8), (at + "basis", o.Basis, e.BasisE8), (at + "liquidity", o.Liquidity, e.LiquidityE8),
                (at + "vega", o.Vega, e.VegaE8), (at + "stale", o.Stale, e.StaleE8), (at + "rate", o.Rate, e.RateE8), (at + "spread", o.Spread, e.SpreadE8),
                .. o.Weighted24.Select((n, s) => (at + "N " + s, n, e.Weighted24E8[s])),
            ]);
        }

        foreach ((Oracle.GroupReport o, GroupReport e) in expected.Groups.Zip(report.Groups))
        {
            string at = $"group {o.Group} ";
            list.AddRange(
            [
                (at + "joint24", o.Joint24, e.Joint24E8), (at + "loss24", o.Loss24, e.Loss24E8), (at + "maintenance", o.Maintenance, e.MaintenanceE8),
                (at + "nettingFloor24", o.NettingFloor24, e.NettingFloor24E8), (at + "shortMinimum", o.ShortMinimum, e.ShortMinimumE8),
            ]);
        }

        return list.Where(item => item.Oracle != (BigInteger)item.Engine).Select(item => $"{item.Name}: oracle {item.Oracle}, engine {item.Engine}");
    }

    /// <summary>What the engine says of a witness: MM_w, or the error's name.</summary>
    public string Witness(byte[] witness)
    {
        MarginError error = Margin.Witness.Evaluate(State, Balances.AsSpan(), View, Choice, witness, out _, out Int128 maintenance);
        return error == MarginError.None ? maintenance.ToString() : error.ToString();
    }
}
