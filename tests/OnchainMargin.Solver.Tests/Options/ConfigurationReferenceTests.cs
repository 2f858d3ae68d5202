using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Xml.Linq;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Tests.Options;

/// <summary>docs/configuration.md is written from the options classes; OMARGIN_UPDATE_DOCS=1 writes it anew.</summary>
public sealed class ConfigurationReferenceTests
{
    [Fact]
    public void Reference_OfTheOptions_IsWhatTheClassesSay()
    {
        string file = Path.Combine(TestFiles.Root, "docs", "configuration.md");
        string expected = Write();
        if (Environment.GetEnvironmentVariable("OMARGIN_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
        }

        Assert.Equal(expected, File.ReadAllText(file));
    }

    private static string Write()
    {
        XDocument comments = XDocument.Load(Path.ChangeExtension(typeof(SolverOptions).Assembly.Location, ".xml"));
        Dictionary<string, string> summaries = comments.Descendants("member").Where(static member => member.Element("summary") is not null)
            .ToDictionary(static member => member.Attribute("name")!.Value, static member => Text(member.Element("summary")!), StringComparer.Ordinal);
        var text = new StringBuilder();
        text.Append("# Options of the solver\n\nWritten from the options classes by `OMARGIN_UPDATE_DOCS=1 dotnet test tests/OnchainMargin.Solver.Tests`. ")
            .Append("In a JSON file `a:b` is `{ \"a\": { \"b\": … } }`; as an environment variable it is `OMARGIN_SOLVER__A__B`; on the command line `--set a:b=…`.\n\n")
            .Append("| option | default | meaning |\n|---|---|---|\n");
        Rows(text, summaries, new SolverOptions(), "");
        return text.ToString();
    }

    private static void Rows(StringBuilder text, Dictionary<string, string> summaries, object options, string prefix)
    {
        IEnumerable<PropertyInfo> own = options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.SetMethod is not null);
        foreach (PropertyInfo property in own.OrderBy(static property => IsSection(property.PropertyType)))
        {
            string name = prefix + char.ToLowerInvariant(property.Name[0]) + property.Name[1..];
            object? value = property.GetValue(options);
            if (IsSection(property.PropertyType))
            {
                Rows(text, summaries, value!, name + ":");
                continue;
            }

            string key = $"P:{property.DeclaringType!.FullName}.{property.Name}";
            Assert.True(summaries.TryGetValue(key, out string? meaning), $"{key} has no documentation");
            text.Append("| `").Append(name).Append("` | ").Append(Default(value)).Append(" | ").Append(meaning).Append(" |\n");
        }
    }

    private static bool IsSection(Type type) => type.Namespace == typeof(SolverOptions).Namespace;

    private static string Default(object? value) => value switch
    {
        null or "" => "",
        string text => $"`{text}`",
        IEnumerable => "none",
        bool flag => flag ? "`true`" : "`false`",
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => value.ToString()!,
    };

    private static string Text(XElement summary) => string.Join(' ', string.Concat(summary.Nodes().Select(static node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => see.Attribute("cref")!.Value.Split('.')[^1],
        XElement element => element.Value,
        _ => "",
    })).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|", StringComparison.Ordinal);
}
