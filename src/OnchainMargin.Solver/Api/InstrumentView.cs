namespace OnchainMargin.Solver.Api;

/// <summary>Something that can be traded or margined.</summary>
/// <param name="Instrument">Its 96 bits as a number: what an order names.</param>
/// <param name="Name">Its name.</param>
/// <param name="Underlying">Its underlying; of a token that is none, 0.</param>
/// <param name="Kind">What it is.</param>
/// <param name="ExpirySeconds">When it expires; 0 for a perpetual or a token.</param>
/// <param name="StrikeE4">Its strike; 0 unless an option.</param>
/// <param name="MarkE8">Its mark now.</param>
/// <param name="MarketState">What may be done in its market.</param>
/// <param name="TypedName">In words.</param>
internal sealed record InstrumentView(
    string Instrument, string Name, string Underlying, string Kind, string ExpirySeconds, string StrikeE4, string? MarkE8, string MarketState, string TypedName);
