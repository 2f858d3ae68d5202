using System.Text.Json;
using System.Text.RegularExpressions;

namespace OnchainMargin.Ethereum;

/// <summary>What is wrong with a JSON file that somebody wrote, for the error that says so: where, counted from 1 as editors do, and without the names of this program's types.</summary>
public static partial class JsonFault
{
    /// <summary>What was found, in words that follow a bracket; of another error its message.</summary>
    public static string Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        string message = exception.Message;
        if (exception is not JsonException json)
        {
            return message.TrimEnd('.');
        }

        string what = Missing().Match(message) is { Success: true } missing ? $"it lacks {missing.Groups["names"].Value}"
            : Unknown().Match(message) is { Success: true } unknown ? $"it has no field {unknown.Groups["name"].Value}"
            : Duplicate().Match(message) is { Success: true } duplicate ? $"{duplicate.Groups["name"].Value} is there twice"
            : message.StartsWith("The input does not contain any JSON tokens", StringComparison.Ordinal) ? "it is empty"
            : Misfit().IsMatch(message) ? $"'{json.Path}' holds a value of another kind"
            : char.ToLowerInvariant(message[0]) + Place().Replace(message, string.Empty)[1..].TrimEnd('.');
        return json is { LineNumber: { } line, BytePositionInLine: { } position } ? $"{what}, line {line + 1}, character {position + 1}" : what;
    }

    [GeneratedRegex(@"was missing required properties including: (?<names>.*?)\.?( Path: .*)?$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Missing();

    [GeneratedRegex(@"^The JSON property (?<name>'[^']*') could not be mapped", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Unknown();

    [GeneratedRegex("^Duplicate property (?<name>'.*') encountered", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Duplicate();

    [GeneratedRegex("^The JSON value could not be converted to|^Cannot get the value of a token type", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Misfit();

    [GeneratedRegex(@" (Path: .* \| )?LineNumber: \d+ \| BytePositionInLine: \d+\.?$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Place();
}
