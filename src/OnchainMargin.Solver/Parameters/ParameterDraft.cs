using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using RiskParameters = OnchainMargin.Protocol.Generated.RiskParameters;

namespace OnchainMargin.Solver.Parameters;

/// <summary>Decisions of the policy as steps in the contract's integers, and another node's steps beside them.</summary>
/// <param name="Underlyings">One for each underlying that a decision is about.</param>
/// <param name="Tokens">One for each of its tokens whose base haircut moves.</param>
internal sealed record ParameterDraft(IReadOnlyList<ParameterSteps.UnderlyingStep> Underlyings, IReadOnlyList<ParameterSteps.TokenStep> Tokens)
{
    private const double E8 = 1e8;

    /// <summary>A millionth, to which figures are rounded: so that the last bits of a forecast decide nothing.</summary>
    private const double Millionths = 1e6;
    private const ulong MillionthE8 = 100;
    private const ulong LeastApartSeconds = 1800;

    /// <summary>The steps of decisions, of what is not withheld. What a decision keeps repeats what is in force.</summary>
    public static ParameterDraft Of(ParameterProposal proposal, ProtocolBook book)
    {
        var underlyings = new List<ParameterSteps.UnderlyingStep>();
        foreach (PolicyDecision decision in proposal.Decisions)
        {
            UnderlyingRecord record = RecordOf(ushort.Parse(decision.Underlying, CultureInfo.InvariantCulture), book);
            if (proposal.Withheld.Contains(record.Underlying))
            {
                continue;
            }

            underlyings.Add(Coupled(
                new ParameterSteps.UnderlyingStep(
                    record.Underlying,
                    (ulong)proposal.Time,
                    Next((ulong)record.DepthE8, decision.Before.Depth, decision.After.Depth),
                    (uint)Next(record.Parameters.PriceRangeE8, decision.Before.Range, decision.After.Range),
                    (uint)Next(record.Parameters.VolRangeE8, decision.Before.Vol, decision.After.Vol),
                    (uint)Next(record.Parameters.BasisChargeE8, decision.Before.Basis, decision.After.Basis),
                    (uint)Next(record.Parameters.VegaChargeE8, decision.Before.Vega, decision.After.Vega)),
                record,
                book));
        }

        var tokens = new List<ParameterSteps.TokenStep>();
        foreach (HaircutDecision decision in proposal.Haircuts.Where(one => !proposal.Withheld.Contains(book.Parameters.Tokens[one.Token].Underlying)))
        {
            RiskParameters.TokenParameters held = InForce(decision.Token, book);
            uint next = (uint)Math.Min(Next(held.HaircutBaseE8, decision.Before, decision.After), held.HaircutMaxE8);

            // What governance is tightening no step loosens (PAR-006).
            bool isAgainst = next < held.HaircutBaseE8 && held.HaircutBaseE8 != book.Parameters.Tokens[decision.Token].HaircutBaseE8;
            if (next != held.HaircutBaseE8 && !isAgainst)
            {
                tokens.Add(new ParameterSteps.TokenStep(decision.Token, (ulong)proposal.Time, next));
            }
        }

        return new ParameterDraft(underlyings, tokens);
    }

    /// <summary>Held to what the contract takes now. What could only go the other way stays.</summary>
    /// <param name="limits">Least and largest values: of underlyings in the order of depth, price range, volatility range, basis and vega charge; of tokens one.</param>
    /// <param name="tokenLimits">The same of tokens.</param>
    /// <param name="book">What is in force.</param>
    public ParameterDraft Within(
        IReadOnlyDictionary<ushort, ParameterSteps.UnderlyingLimitsResult> limits, IReadOnlyDictionary<ushort, ParameterSteps.TokenLimitsResult> tokenLimits, ProtocolBook book) => new(
        [
            .. Underlyings.Where(step => limits.ContainsKey(step.Underlying)).Select(step =>
            {
                UnderlyingRecord record = RecordOf(step.Underlying, book);
                ParameterSteps.UnderlyingLimitsResult to = limits[step.Underlying];
                return step with
                {
                    DepthE8 = Held((ulong)record.DepthE8, step.DepthE8, to.LeastE8[0], to.MostE8[0]),
                    PriceRangeE8 = (uint)Held(record.Parameters.PriceRangeE8, step.PriceRangeE8, to.LeastE8[1], to.MostE8[1]),
                    VolRangeE8 = (uint)Held(record.Parameters.VolRangeE8, step.VolRangeE8, to.LeastE8[2], to.MostE8[2]),
                    BasisChargeE8 = (uint)Held(record.Parameters.BasisChargeE8, step.BasisChargeE8, to.LeastE8[3], to.MostE8[3]),
                    VegaChargeE8 = (uint)Held(record.Parameters.VegaChargeE8, step.VegaChargeE8, to.LeastE8[4], to.MostE8[4]),
                };
            }),
        ],
        [
            .. Tokens.Where(step => tokenLimits.ContainsKey(step.Token)).Select(step => step with
            {
                HaircutBaseE8 = (uint)Held(InForce(step.Token, book).HaircutBaseE8, step.HaircutBaseE8, tokenLimits[step.Token].LeastE8, tokenLimits[step.Token].MostE8),
            }),
        ]);

    /// <summary>Only the steps that move something, of what was not stepped within the last half hour: the contract lets a step go as far as the time since the one before, so that many small ones would leave the next no room.</summary>
    public ParameterDraft Moving(ProtocolBook book) => new(
        [
            .. Underlyings.Where(step => step.Time >= book.Steps.UnderlyingTimes.GetValueOrDefault(step.Underlying) + LeastApartSeconds && RecordOf(step.Underlying, book) is var record
                && (step.DepthE8 != (ulong)record.DepthE8 || step.PriceRangeE8 != record.Parameters.PriceRangeE8 || step.VolRangeE8 != record.Parameters.VolRangeE8
                    || step.BasisChargeE8 != record.Parameters.BasisChargeE8 || step.VegaChargeE8 != record.Parameters.VegaChargeE8)),
        ],
        [.. Tokens.Where(step => step.Time >= book.Steps.TokenTimes.GetValueOrDefault(step.Token) + LeastApartSeconds && InForce(step.Token, book).HaircutBaseE8 != step.HaircutBaseE8)]);

    /// <summary>What of another node's steps goes farther than this node's own, less than half as far, or another way: name, both figures and the one in force, in a sentence; null when nothing does.</summary>
    /// <param name="held">This draft within the contract's limits, of which others' steps are to go half of the way. Time widens limits, so that farther than these they may go, as far as the draft does.</param>
    /// <param name="underlyings">Another node's steps.</param>
    /// <param name="tokens">The same of tokens.</param>
    /// <param name="book">What is in force.</param>
    public string? Difference(ParameterDraft held, IReadOnlyList<ParameterSteps.UnderlyingStep> underlyings, IReadOnlyList<ParameterSteps.TokenStep> tokens, ProtocolBook book)
    {
        // The contract takes a step of each after the one before, and not two of one second.
        if (underlyings.GroupBy(static step => step.Underlying).FirstOrDefault(static steps => steps.Skip(1).Any()) is { Key: var underlying })
        {
            return $"underlying {underlying} is proposed twice at once, which the contract refuses";
        }

        if (tokens.GroupBy(static step => step.Token).FirstOrDefault(static steps => steps.Skip(1).Any()) is { Key: var token })
        {
            return $"token {token} is proposed twice at once, which the contract refuses";
        }

        foreach (ParameterSteps.UnderlyingStep theirs in underlyings)
        {
            if (book.LatestCheckpoint?.Checkpoint.Underlyings.FirstOrDefault(one => one.Underlying == theirs.Underlying) is not { } record)
            {
                return $"underlying {theirs.Underlying} is not in the last checkpoint here";
            }

            ParameterSteps.UnderlyingStep? own = Of(Underlyings, theirs.Underlying), least = Of(held.Underlyings, theirs.Underlying);
            string subject = $"underlying {theirs.Underlying}";
            string? words = Difference(subject, "depthE8", (ulong)record.DepthE8, theirs.DepthE8, own?.DepthE8, least?.DepthE8)
                ?? Difference(subject, "priceRangeE8", record.Parameters.PriceRangeE8, theirs.PriceRangeE8, own?.PriceRangeE8, least?.PriceRangeE8)
                ?? Difference(subject, "volRangeE8", record.Parameters.VolRangeE8, theirs.VolRangeE8, own?.VolRangeE8, least?.VolRangeE8)
                ?? Difference(subject, "basisChargeE8", record.Parameters.BasisChargeE8, theirs.BasisChargeE8, own?.BasisChargeE8, least?.BasisChargeE8)
                ?? Difference(subject, "vegaChargeE8", record.Parameters.VegaChargeE8, theirs.VegaChargeE8, own?.VegaChargeE8, least?.VegaChargeE8)
                ?? (least is null ? $"{subject} would not be moved by this node now" : null);
            if (words is not null)
            {
                return words;
            }
        }

        foreach (ParameterSteps.TokenStep theirs in tokens)
        {
            ulong now = book.Parameters.Tokens.ContainsKey(theirs.Token) ? InForce(theirs.Token, book).HaircutBaseE8 : 0;
            ulong? own = Of(Tokens, theirs.Token)?.HaircutBaseE8, least = Of(held.Tokens, theirs.Token)?.HaircutBaseE8;
            string subject = $"token {theirs.Token}";
            if ((Difference(subject, "haircutBaseE8", now, theirs.HaircutBaseE8, own, least) ?? (least is null ? $"{subject} would not be moved by this node now" : null)) is { } words)
            {
                return words;
            }
        }

        return null;
    }

    private static ParameterSteps.UnderlyingStep? Of(IReadOnlyList<ParameterSteps.UnderlyingStep> steps, ushort underlying) =>
        steps.Where(one => one.Underlying == underlying).Select(static one => (ParameterSteps.UnderlyingStep?)one).FirstOrDefault();

    private static ParameterSteps.TokenStep? Of(IReadOnlyList<ParameterSteps.TokenStep> steps, ushort token) =>
        steps.Where(one => one.Token == token).Select(static one => (ParameterSteps.TokenStep?)one).FirstOrDefault();

    /// <summary>Between half of what this node would move now and all that it wants; exactly what is in force where it wants that. What others propose may be any word.</summary>
    private static string? Difference(string subject, string name, ulong now, ulong theirs, ulong? own, ulong? held)
    {
        ulong wanted = own ?? now, half = now > held ? now - ((now - held.Value) / 2) : now + (((held ?? now) - now) / 2);
        bool isNear = wanted == now ? theirs == now
            : wanted > now ? theirs >= half && theirs <= (UInt128)wanted + MillionthE8
            : theirs <= half && (UInt128)theirs + MillionthE8 >= wanted;
        return isNear ? null : string.Create(CultureInfo.InvariantCulture, $"{name} of {subject} is {theirs} proposed, {own ?? now} here, {now} in force");
    }

    private static UnderlyingRecord RecordOf(ushort underlying, ProtocolBook book) => book.LatestCheckpoint!.Checkpoint.Underlyings.First(one => one.Underlying == underlying);

    /// <summary>A token's parameters at the last checkpoint, as its underlying's are.</summary>
    private static RiskParameters.TokenParameters InForce(ushort token, ProtocolBook book) => book.Parameters.TokenAt(token, book.LatestCheckpoint!.Checkpoint.Header.Time);

    /// <summary>Held to the coupled bound (PAR-004), which the contract looks at by targets: beyond it the step would take all others of its transaction with it. The price range gives way, or where there is no room for it at all the basis charge.</summary>
    private static ParameterSteps.UnderlyingStep Coupled(in ParameterSteps.UnderlyingStep step, UnderlyingRecord record, ProtocolBook book)
    {
        (uint rangeNow, uint basisNow) = (record.Parameters.PriceRangeE8, record.Parameters.BasisChargeE8);
        RiskParameters.UnderlyingParameters target = book.Parameters.Underlyings[step.Underlying];
        long most = book.Parameters.PriceRangeMostE8(step.Underlying, Met(basisNow, target.BasisChargeE8, step.BasisChargeE8));
        return Met(rangeNow, target.PriceRangeE8, step.PriceRangeE8) <= most ? step
            : Met(rangeNow, target.PriceRangeE8, rangeNow) <= most ? step with { PriceRangeE8 = (uint)most }
            : step with { PriceRangeE8 = Math.Min(step.PriceRangeE8, rangeNow), BasisChargeE8 = Math.Min(step.BasisChargeE8, basisNow) };
    }

    /// <summary>The target that a step leaves: of what is on its way the tighter of both (PAR-006).</summary>
    private static uint Met(uint nowE8, uint targetE8, uint stepE8) => nowE8 == targetE8 ? stepE8 : Math.Max(targetE8, stepE8);

    /// <summary>What is wanted, within limits; what is in force where that would go the other way, as when a limit follows something that changed meanwhile.</summary>
    private static ulong Held(ulong nowE8, ulong wantedE8, ulong leastE8, ulong mostE8)
    {
        ulong held = Math.Clamp(wantedE8, leastE8, mostE8);
        return (held > nowE8 && wantedE8 <= nowE8) || (held < nowE8 && wantedE8 >= nowE8) ? nowE8 : held;
    }

    /// <summary>The value in force where the decision keeps it, else the decision's, to a millionth.</summary>
    private static ulong Next(ulong nowE8, double before, double after) => after.Equals(before) ? nowE8 : (ulong)(Math.Round(after * Millionths) * (E8 / Millionths));
}
