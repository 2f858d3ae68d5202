using System.Globalization;

namespace OnchainMargin.Tests.Shared;

/// <summary>What the environment sets of a long run.</summary>
internal static class TestSettings
{
    /// <summary>The whole number of a variable, or the standard one where it is not set. What is no number would be a run that nobody asked for.</summary>
    /// <exception cref="FormatException">Thrown when it is set to something else.</exception>
    public static int Number(string variable, int standard)
    {
        string? text = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrEmpty(text) ? standard
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value
            : throw new FormatException($"{variable} is '{text}': give a whole number, or leave it unset for {standard.ToString(CultureInfo.InvariantCulture)}.");
    }
}
