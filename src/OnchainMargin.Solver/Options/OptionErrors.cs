using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace OnchainMargin.Solver.Options;

/// <summary>Collects one sentence for each option that cannot be used; options are named as files and the command line take them, <c>section:option</c>.</summary>
/// <param name="section">The section that the options lie in; empty for those of the root.</param>
internal sealed class OptionErrors(string section = "")
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

    /// <summary>Requires addresses of HTTP APIs.</summary>
    public void Urls(IEnumerable<string> urls, [CallerArgumentExpression(nameof(urls))] string name = "")
    {
        foreach (string url in urls)
        {
            Require(Uri.TryCreate(url, UriKind.Absolute, out Uri? read) && read.Scheme is "http" or "https", name, $"names '{url}'; write it like http://127.0.0.1:5000");
        }
    }

    private string Named(string name) => $"{section}{(section.Length == 0 ? "" : ":")}{char.ToLowerInvariant(name[0])}{name[1..]}";
}
