using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OnchainMargin.Margin;
using Underlying = OnchainMargin.Protocol.Generated.RiskParameters.UnderlyingParameters;

namespace OnchainMargin.Cli.Policies;

/// <summary>A change of parameters that governance thinks of: what a file names; everything else stays.</summary>
internal sealed class ParameterProposal
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>From maintenance to initial margin.</summary>
    public uint? InitialFactorE8 { get; init; }

    /// <summary>By the name of the underlying: fields of <c>RiskParameters.setUnderlying</c>.</summary>
    public IReadOnlyDictionary<string, JsonObject> Underlyings { get; init; } = new Dictionary<string, JsonObject>(StringComparer.Ordinal);

    /// <summary>By the symbol of the token.</summary>
    public IReadOnlyDictionary<string, ProposedHaircut> Tokens { get; init; } = new Dictionary<string, ProposedHaircut>(StringComparer.Ordinal);

    /// <summary>Reads a proposal.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CliException">It cannot be read, or is no proposal.</exception>
    public static ParameterProposal Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ParameterProposal>(File.ReadAllText(path), Json) ?? throw new CliException($"The proposal '{path}' holds null: name what is to change.");
        }
        catch (JsonException exception)
        {
            throw new CliException($"The proposal '{path}' is not one ({exception.Message.TrimEnd('.')}): give initialFactorE8, underlyings and tokens as docs/guides/operator.md shows.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The proposal '{path}' cannot be read: check the path and its permissions.", exception);
        }
    }

    /// <summary>A checkpoint as it would be when everything proposed has come into force.</summary>
    /// <param name="checkpoint">The checkpoint as it is.</param>
    /// <param name="underlyings">Names of underlyings by their numbers.</param>
    /// <param name="tokens">Symbols of tokens by their indices.</param>
    /// <param name="totalsE8">The vault's smoothed totals by the tokens' indices.</param>
    /// <exception cref="CliException">The proposal names what is not there.</exception>
    public Checkpoint Apply(Checkpoint checkpoint, IReadOnlyDictionary<ushort, string> underlyings, IReadOnlyDictionary<ushort, string> tokens, IReadOnlyDictionary<ushort, Int128> totalsE8)
    {
        RequireKnown("underlying", Underlyings.Keys, underlyings.Values);
        RequireKnown("token", Tokens.Keys, tokens.Values);
        return checkpoint with
        {
            Header = checkpoint.Header with { InitialFactorE8 = InitialFactorE8 ?? checkpoint.Header.InitialFactorE8 },
            Underlyings = [.. checkpoint.Underlyings.Select(record => Underlyings.TryGetValue(underlyings[record.Underlying], out JsonObject? fields) ? Apply(record, underlyings[record.Underlying], fields) : record)],
            Collaterals = [.. checkpoint.Collaterals.Select(record => Tokens.TryGetValue(tokens[record.Token], out ProposedHaircut? haircut)
                ? record with { HaircutE8 = Haircuts.HaircutUp(haircut.HaircutBaseE8, haircut.HaircutMaxE8, haircut.ThresholdE8, totalsE8[record.Token]) }
                : record)],
        };
    }

    private static UnderlyingRecord Apply(UnderlyingRecord record, string name, JsonObject fields)
    {
        RiskParameters now = record.Parameters;
        var present = new Underlying(
            (ulong)record.DepthE8, record.Group, now.PriceRangeE8, now.VolRangeE8, now.VolUpFloorE8, now.ShortOptionMinimumE8, now.BasisChargeE8, now.BasisRateE8,
            now.SlippageE8, now.SlippageCapE8, now.CrowdingE8, now.VegaChargeE8, now.RateChargeE8, now.FloorRateE8, now.NettingFloorE8);
        JsonObject merged = JsonSerializer.SerializeToNode(present, Json)!.AsObject();
        foreach ((string field, JsonNode? value) in fields)
        {
            if (!merged.ContainsKey(field))
            {
                throw new CliException($"The proposal names the field '{field}' of {name}, which does not exist: give some of {string.Join(", ", merged.Select(static pair => pair.Key))}.");
            }

            merged[field] = value?.DeepClone();
        }

        try
        {
            Underlying p = merged.Deserialize<Underlying>(Json);
            return record with
            {
                DepthE8 = (long)p.DepthE8,
                Group = p.Group,
                Parameters = new RiskParameters(
                    p.PriceRangeE8, p.VolRangeE8, p.VolUpFloorE8, p.ShortOptionMinimumE8, p.BasisChargeE8, p.BasisRateE8, p.SlippageE8, p.SlippageCapE8,
                    p.CrowdingE8, p.VegaChargeE8, p.RateChargeE8, p.FloorRateE8, p.NettingFloorE8),
            };
        }
        catch (JsonException exception)
        {
            throw new CliException($"The proposal's parameters of {name} are none ({exception.Message.TrimEnd('.')}): give integers in E8.", exception);
        }
    }

    private static void RequireKnown(string kind, IEnumerable<string> named, IEnumerable<string> known)
    {
        if (named.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            throw new CliException($"The proposal names the {kind} '{unknown}', which is not listed: give some of {string.Join(", ", known)}.");
        }
    }
}
