namespace OnchainMargin.Margin;

/// <summary>What a future or an option is quoted at; the referee's <c>quoteOf</c>.</summary>
/// <param name="MarkE8">Its value at an unchanged price; of an option possibly some units below 0.</param>
/// <param name="ForwardE8">The present forward of its expiry.</param>
/// <param name="VegaE8">Value of one, volatility up less volatility down; 0 of a future.</param>
public readonly record struct InstrumentQuote(long MarkE8, long ForwardE8, long VegaE8);
