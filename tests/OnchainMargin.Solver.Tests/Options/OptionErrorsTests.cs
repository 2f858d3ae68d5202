using System.Reflection;
using System.Text.RegularExpressions;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Tests.Options;

public sealed partial class OptionErrorsTests
{
    /// <summary>Of options that are wrong throughout each is refused by the name under which files and the command line take it.</summary>
    [Fact]
    public void Validate_OptionsThatAreAllWrong_NamesRowsOfTheReferenceAlone()
    {
        HashSet<string> rows = [.. Row().Matches(File.ReadAllText(Path.Combine(TestFiles.Root, "docs", "configuration.md"))).Select(static match => match.Groups["option"].Value)];
        var options = new SolverOptions();
        Spoil(options);
        options = options with { Roles = [.. SolverRoles.All, "juggler"] };

        List<string> named = [.. Assert.Throws<SolverOptionsException>(options.Validate).Sentences.Select(static sentence => Named().Match(sentence).Groups["option"].Value)];
        Assert.DoesNotContain(named, name => !rows.Contains(Place().Replace(name, "")));
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "nodeUrl", "nodeUrls", "keeper:dutyCostE8", "attester:peers", "attester:keys:0:variable", "relay:key:variable", "telemetry:otlpUrl" }, named.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Numbers below any bound, texts that are no address, folder or variable, and one such element in each list.</summary>
    private static void Spoil(object options)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.SetMethod is not null))
        {
            Type type = property.PropertyType;
            if (type.Namespace == typeof(SolverOptions).Namespace)
            {
                Spoil(property.GetValue(options)!);
            }
            else if (type == typeof(string))
            {
                property.SetValue(options, "nothing");
            }
            else if (type == typeof(IReadOnlyList<string>))
            {
                property.SetValue(options, new List<string> { "nothing" });
            }
            else if (type == typeof(IReadOnlyList<KeyOptions>))
            {
                property.SetValue(options, new List<KeyOptions> { new() { File = "nothing", Variable = "nothing" } });
            }
            else if (type != typeof(bool))
            {
                property.SetValue(options, type.GetField("MinValue")?.GetValue(null) ?? 0);
            }
        }
    }

    [GeneratedRegex(@"^\| `(?<option>[\w:]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Row();

    [GeneratedRegex(@"^Option (?<option>\S+) ", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Named();

    /// <summary>The place in a list, and what lies below it.</summary>
    [GeneratedRegex(@":\d+(:\w+)?$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Place();
}
