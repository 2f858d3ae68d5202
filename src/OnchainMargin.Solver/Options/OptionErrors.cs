using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Solver.Options;

/// <summary>Collects one sentence for each option that cannot be used; options are named as files and the command line take them, <c>section:option</c>.</summary>
/// <param name="section">The section that the options lie in; empty for those of the root.</param>
internal sealed partial class OptionErrors(string section = "")
{
    private readonly List<string> _sentences = [];

    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Requires a number between two bounds, both included.</summary>
    public void Range<T>(T value, T least, T most, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : INumber<T>
    {
        if (value < least || value > most)
        {
            _sentences.Add(string.Create(CultureInfo.InvariantCulture, $"Option {Named(name)} is {value}; give a number from {least} to {most}."));
        }
    }

    /// <summary>Adds a sentence unless the condition holds.</summary>
    public void Require(bool condition, string name, string defectAndRemedy)
    {
        if (!condition)
        {
            _sentences.Add($"Option {Named(name)} {defectAndRemedy}.");
        }
    }

    /// <summary>Requires an address of HTTP. Of one that is refused no more is told than its host: addresses hold keys.</summary>
    public void Url(string url, string example, [CallerArgumentExpression(nameof(url))] string name = "") =>
        Require(Uri.TryCreate(url, UriKind.Absolute, out Uri? read) && read.Scheme is "http" or "https", name, $"is no http or https address{UrlOrigin.Bracketed(url)}; write it like {example}");

    /// <summary>Requires addresses of HTTP APIs.</summary>
    public void Urls(IEnumerable<string> urls, [CallerArgumentExpression(nameof(urls))] string name = "")
    {
        foreach (string url in urls)
        {
            Require(Uri.TryCreate(url, UriKind.Absolute, out Uri? read) && read.Scheme is "http" or "https", name, $"names what is no http or https address{UrlOrigin.Bracketed(url)}; write each like http://127.0.0.1:5000");
        }
    }

    /// <summary>Requires the name of an environment variable, or nothing. What stands there is not told: it may be the secret itself.</summary>
    public void VariableName(string variable, [CallerArgumentExpression(nameof(variable))] string name = "") => Require(
        variable.Length == 0 || (VariableNames().IsMatch(variable) && !PrivateKey.LooksLikeKey(variable)),
        name,
        "is no name of an environment variable; name the variable that holds it, and take what stands there for known if it is the secret itself");

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.None, 1_000)]
    private static partial Regex VariableNames();

    private string Named(string name) => $"{section}{(section.Length == 0 ? "" : ":")}{char.ToLowerInvariant(name[0])}{name[1..]}";
}
