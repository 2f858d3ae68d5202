using System.Text.RegularExpressions;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>The functions that the contracts' sources let be called, as their heads say; those that only read apart.</summary>
internal static partial class ContractFunctions
{
    /// <summary>Contracts whose code runs in another, at which it is called.</summary>
    private static readonly Dictionary<string, string> Rooms = new(StringComparer.Ordinal)
    {
        ["ClearingModule"] = "Clearinghouse",
        ["ClosingModule"] = "Clearinghouse",
        ["DistressModule"] = "LiquidationHouse",
        ["LotModule"] = "Clearinghouse",
        ["TradeModule"] = "Clearinghouse",
    };

    /// <summary>All of them, each once, by <c>Contract.function</c>; one of a room is its host's where that has it.</summary>
    /// <returns>Whether governance, or whom it appoints, alone may call it.</returns>
    public static SortedDictionary<string, bool> All()
    {
        string contracts = Path.Combine(TestFiles.Root, "contracts");
        var heads = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(contracts, "*.sol", SearchOption.AllDirectories))
        {
            if (Path.GetRelativePath(contracts, file).Split(Path.DirectorySeparatorChar)[0] is "test" or "dev" or "interfaces")
            {
                continue;
            }

            foreach (Match match in Head().Matches(File.ReadAllText(file)))
            {
                string[] words = match.Groups["rest"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                if (words.Any(static word => word is "external" or "public") && !words.Any(static word => word is "view" or "pure"))
                {
                    heads.Add($"{Path.GetFileNameWithoutExtension(file)}.{match.Groups["name"].Value}", words.Contains("restricted", StringComparer.Ordinal));
                }
            }
        }

        var all = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        foreach ((string function, bool isRestricted) in heads)
        {
            string[] parts = function.Split('.');
            string atHost = $"{Rooms.GetValueOrDefault(parts[0], parts[0])}.{parts[1]}";
            string name = heads.ContainsKey(atHost) ? atHost : function;
            all[name] = isRestricted || all.GetValueOrDefault(name);
        }

        return all;
    }

    [GeneratedRegex(@"\bfunction (?<name>\w+)\([^)]*\)(?<rest>[^;{]*)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Head();
}
