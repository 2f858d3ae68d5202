using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Demo;

/// <summary>The accounts of the demo.</summary>
internal static class DemoTraders
{
    /// <summary>The account that takes the other side of every trade, hedged with spot collateral.</summary>
    public static DemoTrader MarketMaker { get; } = new("Mina", "market maker, hedged with spot")
    {
        Deposits = Of(("USDC", "2000000"), ("WBTC", "6"), ("WETH", "50")),
        Survives = true,
    };

    /// <summary>The account into which the keeper takes slices of lots.</summary>
    public static DemoTrader Keeper { get; } = new("Kit", "keeper, bids for lots")
    {
        Deposits = Of(("USDC", "1500000")),
        Survives = true,
    };

    /// <summary>Everybody else.</summary>
    public static IReadOnlyList<DemoTrader> Others { get; } =
    [
        new("Bea", "BTC long, 5.1 times") { Deposits = Of(("USDC", "17500")), Trades = Of(("BTC-PERP", "1")) },
        new("Eli", "ETH long, 4.5 times") { Deposits = Of(("USDC", "12000")), Trades = Of(("ETH-PERP", "18")) },
        new("Dan", "BTC long, 3 times") { Deposits = Of(("USDC", "60000")), Trades = Of(("BTC-PERP", "2")) },
        new("Ivy", "BTC and ETH long, 3.8 times") { Deposits = Of(("USDC", "70000")), Trades = Of(("BTC-PERP", "1.5"), ("ETH-PERP", "45")) },
        new("Leo", "long on top of WBTC") { Deposits = Of(("WBTC", "1")), Trades = Of(("BTC-PERP", "3")) },
        new("Lin", "borrows USDC against WETH") { Deposits = Of(("WETH", "30")), Loan = "55000" },
        new("Cas", "WBTC sold forward, hedged") { Deposits = Of(("WBTC", "2")), Trades = Of(("BTC-PERP", "-2")), Survives = true },
        new("Wim", "WETH sold forward, hedged") { Deposits = Of(("WETH", "40")), Trades = Of(("ETH-PERP", "-40")), Survives = true },
        new("Pat", "long BTC, short ETH") { Deposits = Of(("USDC", "40000")), Trades = Of(("BTC-PERP", "1"), ("ETH-PERP", "-29")), Survives = true },
        new("Sol", "BTC short, 2.7 times") { Deposits = Of(("USDC", "50000")), Trades = Of(("BTC-PERP", "-1.5")), Survives = true },
        new("Ada", "short straddle hedged with a perpetual") { Deposits = Of(("USDC", "60000")), Options = Straddle("BTC", "-1"), Trades = Of(("BTC-PERP", "-0.5")), Survives = true },
        new("Ned", "short straddle, unhedged") { Deposits = Of(("USDC", "12000")), Options = Straddle("ETH", "-10") },
        new("Opal", "ETH long with puts against it") { Deposits = Of(("USDC", "16000")), Options = [new("ETH", InstrumentKind.Put, "10")], Trades = Of(("ETH-PERP", "10")), Survives = true },
        new("Uma", "BTC long, unlevered") { Deposits = Of(("USDC", "95000")), Trades = Of(("BTC-PERP", "1")), Survives = true },
    ];

    /// <summary>All of them, in the order of their accounts.</summary>
    public static IReadOnlyList<DemoTrader> All { get; } = [MarketMaker, Keeper, .. Others];

    private static DemoOption[] Straddle(string underlying, string size) => [new(underlying, InstrumentKind.Call, size), new(underlying, InstrumentKind.Put, size)];

    private static Dictionary<string, string> Of(params ReadOnlySpan<(string Name, string Amount)> pairs)
    {
        var amounts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string amount) in pairs)
        {
            amounts.Add(name, amount);
        }

        return amounts;
    }
}
