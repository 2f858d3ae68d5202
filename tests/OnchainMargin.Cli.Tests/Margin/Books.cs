namespace OnchainMargin.Cli.Tests.Margin;

/// <summary>Book files for tests.</summary>
internal static class Books
{
    /// <summary>The book of the design's section on interfaces, with a put spread and an empty account.</summary>
    public const string Design = """
        { "time": "2020-03-12T10:00:00Z",
          "underlyings": { "ETH": { "spot": "152.31", "group": "majors", "openInterest": "0", "spread": "0", "perpetual": "152.31",
              "expiries": { "2020-03-27": { "forward": "151.9", "discount": "1",
                  "svi": { "a": "0.01", "b": "0.1", "rho": "-0.2", "m": "0", "sigma": "0.2" } } } } },
          "collateral": { "USDC": { "price": "1" }, "WETH": { "underlying": "ETH", "haircut": "0.05", "haircutMax": "0.3", "total": "9000", "threshold": "5000" } },
          "parameters": { "initialFactor": "1.3", "groups": { "majors": { "nettingFloor": "0.5" } },
              "ETH": { "priceRange": "0.16", "volRange": "0.50", "volUpFloor": "0.5", "shortOptionMinimum": "0.01", "basisCharge": "0.004", "basisRate": "0.075", "depth": "5000",
                       "slippage": "0.01", "slippageCap": "0.10", "crowding": "0.05", "vegaCharge": "0.10", "rateCharge": "0.01", "floorRate": "0.01" } },
          "accounts": [ { "id": 1, "cash": "1000.5", "collateral": { "WETH": "2" },
              "positions": [ { "instrument": "ETH-PERP", "size": "-5", "entry": "160" },
                             { "instrument": "ETH-27MAR20-200-C", "size": "10" } ] },
            { "id": "spread", "cash": 100, "positions": [ { "instrument": "ETH-27MAR20-140-P", "size": -1.5 }, { "instrument": "ETH-27MAR20-120.5-P", "size": "1.5" } ] },
            { "id": 3 } ] }
        """;

    /// <summary>The least of a book: one underlying, one account, and a place for one more field each.</summary>
    public static string Small(string root = "", string underlying = "", string account = "", string spot = "100", string positions = "") => $$"""
        { "time": "2020-03-12T10:00:00Z",
          "underlyings": { "ETH": { "spot": "{{spot}}", "expiries": { "2020-03-27": { "vol": "0.9" } } {{underlying}} } },
          "accounts": [ { "id": 7, "positions": [ {{positions}} ] {{account}} } ] {{root}} }
        """;

    /// <summary>A book of many accounts with options, perpetuals and collateral.</summary>
    public static string Large(int accounts)
    {
        IEnumerable<string> items = Enumerable.Range(1, accounts).Select(i => $$"""
            { "id": {{i}}, "cash": "{{1000 + i}}", "collateral": { "WETH": "{{i % 5}}" }, "positions": [ { "instrument": "ETH-PERP", "size": "{{1 + (i % 9)}}", "entry": "150" },
              { "instrument": "ETH-27MAR20-{{100 + (10 * (i % 10))}}-C", "size": "-{{1 + (i % 4)}}" }, { "instrument": "ETH-27MAR20-{{60 + (10 * (i % 7))}}-P", "size": "{{1 + (i % 3)}}" },
              { "instrument": "ETH-27MAR20-{{200 + (10 * (i % 7))}}-C", "size": "2" }, { "instrument": "ETH-27MAR20", "size": "-1", "entry": "151" } ] }
            """);
        return $$"""
            { "time": "2020-03-12T10:00:00Z", "underlyings": { "ETH": { "spot": "152.31", "expiries": { "2020-03-27": { "forward": "151.9", "vol": "1.1" } } } },
              "collateral": { "WETH": { "underlying": "ETH", "haircut": "0.05" } }, "accounts": [ {{string.Join(",\n", items)}} ] }
            """;
    }
}
