namespace OnchainMargin.Cli.Text;

/// <summary>Colours, on a terminal only: never in a file or a pipe, nor where NO_COLOR is set.</summary>
internal static class Terminal
{
    private const string Reset = "\u001b[0m";

    /// <summary>Bold on a terminal.</summary>
    public static string Bold(TextWriter output, string text) => Paint(output, "1", text);

    /// <summary>Green on a terminal.</summary>
    public static string Good(TextWriter output, string text) => Paint(output, "32", text);

    /// <summary>Yellow on a terminal.</summary>
    public static string Odd(TextWriter output, string text) => Paint(output, "33", text);

    /// <summary>Red on a terminal.</summary>
    public static string Bad(TextWriter output, string text) => Paint(output, "31", text);

    private static string Paint(TextWriter output, string code, string text) => Takes(output) ? $"\u001b[{code}m{text}{Reset}" : text;

    private static bool Takes(TextWriter output) =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && !string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal)
        && ((ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected) || (ReferenceEquals(output, Console.Error) && !Console.IsErrorRedirected));
}
