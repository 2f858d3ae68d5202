using System.Text;
using System.Text.Json;
using OnchainMargin.Cli.Text;
using OnchainMargin.Models.Backtesting;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Cli.Backtests;

/// <summary>The decisions of a policy as lines of JSON, replayed before they are written.</summary>
internal static class PolicyLog
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Writes the decisions of all policies.</summary>
    /// <exception cref="CliException">A decision does not come out the same when it is made again.</exception>
    public static void Write(string path, IReadOnlyList<ParameterTrack> tracks, IReadOnlyList<Corridor> corridors, IReadOnlyList<string> underlyings)
    {
        var text = new StringBuilder();
        foreach (var track in tracks)
        {
            foreach (var group in track.Log.GroupBy(d => d.Underlying, StringComparer.Ordinal))
            {
                List<PolicyDecision> log = [.. group];
                var corridor = corridors[underlyings.ToList().IndexOf(group.Key)];
                if (ParameterPolicy.FirstDifference(log, new PolicyOptions(), corridor) is >= 0 and var place)
                {
                    throw new CliException($"Decision {place} of {group.Key} comes out differently when it is made again: the log cannot be trusted, report it.");
                }

                foreach (var decision in log.Where((d, i) => i == 0 || d.After != d.Before))
                {
                    text.AppendLine(JsonSerializer.Serialize(decision, Json));
                }
            }
        }

        FileText.Write(path, text.ToString(), "log");
    }
}
