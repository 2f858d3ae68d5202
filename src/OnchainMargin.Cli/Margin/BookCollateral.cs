using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>Collateral tokens of a book.</summary>
internal static class BookCollateral
{
    /// <summary>Decimals of the settlement token's base units.</summary>
    public const byte SettlementDecimals = 8;

    /// <summary>Decimals of any other token's base units.</summary>
    public const byte TokenDecimals = 18;

    private const int E8 = 8;
    private const long One = 100_000_000;
    private const long PriceMax = 1L << 48;
    private const long HaircutMaxE8 = 16_000_000;

    private static readonly BigInteger TotalMax = BigInteger.One << 70;

    /// <summary>Reads the tokens, ascending by number.</summary>
    public static ImmutableArray<CollateralRecord> Read(BookNames names, JsonElement? table)
    {
        if (table is not { } element)
        {
            return [];
        }

        return [.. BookNode.Any(element, "collateral").Members().Select(p => ReadToken(names, p.Name, p.Value)).OrderBy(r => r.Token)];
    }

    private static CollateralRecord ReadToken(BookNames names, string name, JsonElement element)
    {
        BookNode node = BookNode.Of(element, $"collateral.{name}", "price", "underlying", "units", "haircut", "haircutMax", "total", "threshold");
        int token = names.TokenNumber(name);
        string underlying = node.Text("underlying", string.Empty);
        ushort number = names.UnderlyingNumber(underlying);
        if (underlying.Length > 0 && number == 0)
        {
            throw new CliException($"The underlying of {node.Where} '{underlying}' is not in the book: use one of {string.Join(", ", names.Underlyings)}.");
        }

        if (number > 0 && (node.Has("price") || token == 0))
        {
            throw new CliException($"The price of {node.Where} comes from its underlying: leave price out (units says how many units one token is), and give the settlement token no underlying.");
        }

        if (number == 0 && node.Has("units"))
        {
            throw new CliException($"The units of {node.Where} need an underlying: give price instead.");
        }

        long priceE8 = number > 0 ? node.Long("units", E8, 0, PriceMax, One) : node.Long("price", E8, 0, PriceMax);
        long haircutE8 = Haircuts.HaircutUp(
            node.Long("haircut", E8, 0, One, 0),
            node.Long("haircutMax", E8, 0, One, HaircutMaxE8),
            (Int128)node.Number("threshold", E8, 0, TotalMax, 0),
            (Int128)node.Number("total", E8, 0, TotalMax, 0));
        return new CollateralRecord((ushort)token, number, token == 0 ? SettlementDecimals : TokenDecimals, haircutE8, token == 0 ? Math.Min(priceE8, One) : priceE8);
    }
}
