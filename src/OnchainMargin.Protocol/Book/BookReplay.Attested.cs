using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <content>What the attesters' quorum publishes beside epochs: surfaces and steps of parameters.</content>
public sealed partial class BookReplay
{
    private static ProtocolBook ApplySurfaces(ProtocolBook book, LogEntry log) => VolSurfaces.DecodeEvent(log) switch
    {
        VolSurfaces.SurfacePublishedEvent published => book with
        {
            Surfaces = book.Surfaces.SetItem(
                (published.Underlying, published.Expiry),
                SurfaceHistory.After(book.Surfaces.GetValueOrDefault((published.Underlying, published.Expiry)), published, log.BlockTimestampSeconds)),
        },
        VolSurfaces.ExpiryRetiredEvent retired => book with { Surfaces = book.Surfaces.Remove((retired.Underlying, retired.Expiry)) },
        VolSurfaces.SurfaceParametersSetEvent set => book with { SurfaceParameters = set.Parameters },
        VolSurfaces.StoppedSetEvent set => book with { AreSurfacesStopped = set.Stopped },
        _ => book,
    };

    private static ProtocolBook ApplySteps(ProtocolBook book, LogEntry log)
    {
        BookSteps now = book.Steps;
        return book with
        {
            Steps = ParameterSteps.DecodeEvent(log) switch
            {
                ParameterSteps.StoppedSetEvent set => now with { IsStopped = set.Stopped },
                ParameterSteps.UnderlyingCorridorSetEvent set => now with { Underlyings = now.Underlyings.SetItem(set.Underlying, set.Corridor) },
                ParameterSteps.TokenCorridorSetEvent set => now with { Tokens = now.Tokens.SetItem(set.Token, set.Haircut) },
                ParameterSteps.UnderlyingSteppedEvent stepped => now with { UnderlyingTimes = now.UnderlyingTimes.SetItem(stepped.Underlying, stepped.Step.Time) },
                ParameterSteps.TokenSteppedEvent stepped => now with { TokenTimes = now.TokenTimes.SetItem(stepped.Token, stepped.Step.Time) },
                _ => now,
            },
        };
    }
}
