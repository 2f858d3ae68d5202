using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using RiskParameters = OnchainMargin.Margin.RiskParameters;
using TokenParameters = OnchainMargin.Protocol.Generated.RiskParameters.TokenParameters;
using UnderlyingParameters = OnchainMargin.Protocol.Generated.RiskParameters.UnderlyingParameters;

namespace OnchainMargin.Cli.Policies;

/// <summary>A change of parameters that governance thinks of: what a file names; everything else stays.</summary>
internal sealed class ParameterProposal
{
    private const long One = 100_000_000;

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

    /// <summary>Fields of <c>RiskParameters.setClearing</c>.</summary>
    public JsonObject? Clearing { get; init; }

    /// <summary>Fields of <c>RiskParameters.setInterest</c>.</summary>
    public JsonObject? Interest { get; init; }

    /// <summary>Fields of <c>RiskParameters.setOracle</c>.</summary>
    public JsonObject? Oracle { get; init; }

    /// <summary>Fields of <c>RiskParameters.setLiquidation</c>.</summary>
    public JsonObject? Liquidation { get; init; }

    /// <summary>Fields of <c>VolSurfaces.setSurfaceParameters</c>.</summary>
    public JsonObject? Surfaces { get; init; }

    /// <summary>Reads a proposal.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CliException">It cannot be read, or is no proposal.</exception>
    public static ParameterProposal Read(string path)
    {
        try
        {
            ParameterProposal read = JsonSerializer.Deserialize<ParameterProposal>(FileText.Read(path, "proposal"), Json) ?? throw new CliException($"The proposal '{path}' holds null: name what is to change.");
            return read.Empty().FirstOrDefault() is { } empty ? throw new CliException($"The proposal '{path}' holds null for {empty}: give the fields that change, or leave it out.") : read;
        }
        catch (JsonException exception)
        {
            throw new CliException($"The proposal '{path}' is not one ({JsonFault.Of(exception)}): give initialFactorE8, underlyings, tokens, clearing, interest, oracle, liquidation and surfaces as docs/guides/operator.md shows.", exception);
        }
    }

    /// <summary>Where parameters would go, or be, with everything proposed.</summary>
    /// <param name="targets">Where all parameters go, or are.</param>
    /// <param name="underlyings">Names of underlyings by their numbers.</param>
    /// <param name="tokens">Symbols of tokens by their indices, also of those that are listed and have no parameters yet.</param>
    /// <exception cref="CliException">The proposal names what is not there, or what the contracts never change.</exception>
    public BookParameters Targets(BookParameters targets, IReadOnlyDictionary<ushort, string> underlyings, IReadOnlyDictionary<ushort, string> tokens)
    {
        RequireKnown("underlying", Underlyings.Keys, underlyings.Values);
        RequireKnown("token", Tokens.Keys, tokens.Where(named => targets.Tokens.ContainsKey(named.Key)).Select(static named => named.Value));
        return targets with
        {
            InitialFactorE8 = InitialFactorE8 ?? targets.InitialFactorE8,
            Clearing = Merged(targets.Clearing, "clearing", Clearing),
            Interest = Merged(targets.Interest, "interest", Interest),
            Oracle = Merged(targets.Oracle, "oracle", Oracle),
            Liquidation = Merged(targets.Liquidation, "liquidation", Liquidation),
            Underlyings = targets.Underlyings.SetItems(underlyings.Where(named => Underlyings.ContainsKey(named.Value)).Select(named =>
                KeyValuePair.Create(named.Key, Merged(targets.Underlyings[named.Key], named.Value, Underlyings[named.Value], targets.RampSeconds)))),
            Tokens = targets.Tokens.SetItems(tokens.Where(named => Tokens.ContainsKey(named.Value)).Select(named => KeyValuePair.Create(named.Key, targets.Tokens[named.Key] with
            {
                HaircutBaseE8 = Tokens[named.Value].HaircutBaseE8,
                HaircutMaxE8 = Tokens[named.Value].HaircutMaxE8,
                ThresholdE8 = Tokens[named.Value].ThresholdE8,
            }))),
        };
    }

    /// <summary>Holds what acts at once to what its setter takes (PAR-007), which the access manager does not look at when an act is scheduled.</summary>
    /// <param name="proposed">All parameters with everything proposed (<see cref="Targets"/>).</param>
    /// <param name="surfaces">The parameters of surfaces as they are.</param>
    /// <exception cref="CliException">The contracts refuse a field.</exception>
    public void RequireTaken(BookParameters proposed, VolSurfaces.SurfaceParameters surfaces)
    {
        (string Name, object? Value)[] records = [("initialFactorE8", InitialFactorE8), ("clearing", Clearing), ("interest", Interest), ("oracle", Oracle), ("liquidation", Liquidation), ("surfaces", Surfaces)];
        string[] named = [.. records.Where(static record => record.Value is not null).Select(static record => record.Name)];
        if (PlanDomains.Fault(proposed, Merged(surfaces, "surfaces", Surfaces), named) is { } fault)
        {
            throw new CliException(fault);
        }
    }

    /// <summary>A checkpoint as it would be when everything proposed has come into force, and everything that is on its way to a target already (PAR-005).</summary>
    /// <param name="checkpoint">The checkpoint as it is.</param>
    /// <param name="targets">Where all parameters go, or are.</param>
    /// <param name="underlyings">Names of underlyings by their numbers.</param>
    /// <param name="tokens">Symbols of tokens by their indices.</param>
    /// <param name="totalsE8">The vault's smoothed totals by the tokens' indices.</param>
    /// <exception cref="CliException">The proposal names what is not there, or a value that the contracts never take.</exception>
    public Checkpoint Apply(Checkpoint checkpoint, BookParameters targets, IReadOnlyDictionary<ushort, string> underlyings, IReadOnlyDictionary<ushort, string> tokens, IReadOnlyDictionary<ushort, Int128> totalsE8)
    {
        BookParameters proposed = Targets(targets, underlyings, tokens);
        var after = checkpoint with
        {
            Header = checkpoint.Header with { InitialFactorE8 = proposed.InitialFactorE8 },
            Underlyings = [.. checkpoint.Underlyings.Select(record => Apply(record, proposed.Underlyings[record.Underlying]))],
            Collaterals = [.. checkpoint.Collaterals.Select(record => proposed.Tokens.TryGetValue(record.Token, out TokenParameters target) ? Apply(record, target, totalsE8[record.Token]) : record)],
        };
        Require(MarginDomain.IsHeader(after.Header), "initialFactorE8");
        after.Underlyings.ToList().ForEach(record => Require(MarginDomain.IsUnderlying(record), underlyings[record.Underlying]));
        after.Collaterals.Where(record => proposed.Tokens.ContainsKey(record.Token)).ToList().ForEach(record => Require(MarginDomain.IsCollateral(record), tokens[record.Token]));
        foreach ((ushort token, TokenParameters target) in proposed.Tokens)
        {
            RequireCoupled(tokens.GetValueOrDefault(token, $"token {token}"), after, target);
        }

        return after;
    }

    /// <summary>What the setters hold the parameters of one token and its underlying to together (PAR-004), which the access manager does not look at when an act is scheduled.</summary>
    private static void RequireCoupled(string token, Checkpoint after, TokenParameters target)
    {
        if (target.HaircutBaseE8 > target.HaircutMaxE8)
        {
            throw new CliException($"The proposal gives {token} a haircutBaseE8 of {target.HaircutBaseE8} above its haircutMaxE8 of {target.HaircutMaxE8}: the base is at most the largest.");
        }

        RiskParameters? underlying = after.Underlyings.FirstOrDefault(record => record.Underlying == target.Underlying)?.Parameters;
        Int128 askedE16 = RiskParameters.AskedOfCollateralE16(underlying, target.HaircutMaxE8, after.Header.InitialFactorE8);
        if (askedE16 > One * One)
        {
            string sum = target.Underlying == 0 ? "initialFactor·haircutMax" : "initialFactor·(priceRange + haircutMax + max(basisCharge, 2·basisRate) + 2·slippageCap)";
            throw new CliException($"The proposal would have {token} ask for more margin than it is worth, which the contract refuses (PAR-004): {sum} is {FixedPointText.Format(askedE16, FixedPointText.E8 * 2)} and at most 1; lower one of them.");
        }
    }

    /// <summary>What is named with nothing in it, which the serializer takes for a value of a dictionary.</summary>
    private IEnumerable<string> Empty() =>
        Underlyings.Where(static named => named.Value is null).Select(static named => named.Key).Concat(Tokens.Where(static named => named.Value is null).Select(static named => named.Key));

    private static void Require(bool isInDomain, string name)
    {
        if (!isInDomain)
        {
            throw new CliException($"The proposal gives {name} a value that no contract takes: keep to the bounds of MRG-010 in spec/margin.md.");
        }
    }

    private static CollateralRecord Apply(CollateralRecord record, TokenParameters target, Int128 totalE8) => record with
    {
        HaircutE8 = Haircuts.HaircutUp(target.HaircutBaseE8, target.HaircutMaxE8, target.ThresholdE8, totalE8),
    };

    private static UnderlyingRecord Apply(UnderlyingRecord record, UnderlyingParameters target) => record with
    {
        DepthE8 = (long)target.DepthE8,
        Group = target.Group,
        Parameters = BookParameters.Risk(target),
    };

    private static UnderlyingParameters Merged(UnderlyingParameters target, string name, JsonObject fields, uint rampSeconds)
    {
        UnderlyingParameters p = Merged(target, name, fields);
        Require(p.DepthE8 <= long.MaxValue, name);
        uint minimumE8 = RiskParameters.ShortMinimumOf(p.PriceRangeE8);
        return p.ShortOptionMinimumE8 != minimumE8
            ? throw new CliException($"The proposal leaves {name} a shortOptionMinimumE8 of {p.ShortOptionMinimumE8}, and the contract takes that of its priceRangeE8 alone (PAR-004): give {minimumE8}.")
            : p.Group == target.Group || rampSeconds == 0 ? p
            : throw new CliException($"The proposal moves {name} from group {target.Group} to {p.Group}, which the contract refuses (PAR-005): a group cannot change by degrees, so leave it as it is.");
    }

    /// <summary>A record with the fields that are named.</summary>
    private static T Merged<T>(T target, string name, JsonObject? fields)
        where T : struct
    {
        if (fields is null)
        {
            return target;
        }

        JsonObject merged = JsonSerializer.SerializeToNode(target, Json)!.AsObject();
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
            return merged.Deserialize<T>(Json);
        }
        catch (JsonException exception)
        {
            throw new CliException($"The proposal's parameters of {name} are none ({JsonFault.Of(exception)}): give integers in the scales of their names.", exception);
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
