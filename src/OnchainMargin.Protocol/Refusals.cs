using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Protocol;

/// <summary>What a contract's refusal means to whoever met it: the sentences of <c>spec/refusals.json</c>, which the page shows, too.</summary>
public static partial class Refusals
{
    private const int Decimals = 8;
    private static readonly Dictionary<string, string> Sentences = Read();

    /// <summary>The names of the errors that have a sentence.</summary>
    public static IReadOnlyCollection<string> Names => Sentences.Keys;

    /// <summary>One sentence with the remedy; of an error that has none, its name in words and its values.</summary>
    public static string Sentence(RevertReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (reason is not CustomErrorReason { Error: var error })
        {
            return $"The contract refused: {reason}.";
        }

        object[] values = [.. error.Arguments.Select(static argument => argument.Value)];
        return Sentences.TryGetValue(error.ErrorName, out string? sentence)
            ? Place().Replace(sentence, match => Text(values[int.Parse(match.Groups["at"].ValueSpan, CultureInfo.InvariantCulture)], match.Groups["form"].Value))
            : $"The contract refused: {Words(error.ErrorName)} ({string.Join(", ", values)}).";
    }

    [GeneratedRegex(@"\{(?<at>\d)(:(?<form>\w+))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();

    private static string Text(object value, string form) => form switch
    {
        "" => Plain(value),
        "money" => Number(value) is { Sign: < 0 } less ? $"−${Fixed(-less, 2, 2)}" : $"${Fixed(Number(value), 2, 2)}",
        "price" => Fixed(Number(value), 2, Decimals),
        "percent" => $"{Fixed(Number(value) * 100, 1, 1)} %",
        "time" => DateTimeOffset.FromUnixTimeSeconds((long)Number(value)).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
        "holder" => Number(value).IsZero ? "the shared pool" : $"account {Plain(value)}",
        _ => throw new FormatException($"spec/refusals.json has the form '{form}', which is none."),
    };

    private static string Plain(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static BigInteger Number(object value) => BigInteger.Parse(Plain(value), CultureInfo.InvariantCulture);

    /// <summary>A value E8 with thousands apart, cut toward zero after the most decimals, trailing zeros off down to the least.</summary>
    private static string Fixed(BigInteger valueE8, int least, int most)
    {
        var whole = BigInteger.DivRem(BigInteger.Abs(valueE8), BigInteger.Pow(10, Decimals), out BigInteger rest);
        string fraction = rest.ToString(CultureInfo.InvariantCulture).PadLeft(Decimals, '0')[..most];
        fraction = fraction[..least] + fraction[least..].TrimEnd('0');
        return (valueE8.Sign < 0 ? "−" : "") + whole.ToString("#,##0", CultureInfo.InvariantCulture) + "." + fraction;
    }

    /// <summary><c>MarketNotNormal</c> as <c>market not normal</c>.</summary>
    private static string Words(string name)
    {
        var words = new StringBuilder(name.Length + 8);
        foreach (char letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && words.Length > 0)
            {
                words.Append(' ');
            }

            words.Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }

    private static Dictionary<string, string> Read()
    {
        using Stream file = typeof(Refusals).Assembly.GetManifestResourceStream("OnchainMargin.Protocol.refusals.json")!;
        using var json = JsonDocument.Parse(file);
        return json.RootElement.GetProperty("sentences").EnumerateObject().ToDictionary(static one => one.Name, static one => one.Value.GetString()!, StringComparer.Ordinal);
    }
}
