namespace OnchainMargin.Solver.Api;

/// <summary>An order of the relay.</summary>
/// <param name="Arrival">Its place in time among all orders of the relay, counted anew when that starts anew.</param>
/// <param name="Account">The account.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Instrument">The instrument.</param>
/// <param name="Name">Its name.</param>
/// <param name="SizeE8">Signed size.</param>
/// <param name="LeftE8">What is neither filled nor being settled.</param>
/// <param name="InFlightE8">What is matched and on its way into a block.</param>
/// <param name="LimitPriceE8">Its limit.</param>
/// <param name="ExpirySeconds">Its last second.</param>
/// <param name="Flags">Bit 0 reduce-only, bit 1 post-only, bit 2 fill-or-kill.</param>
/// <param name="Status">resting, settling, filled, cancelled, expired or refused.</param>
/// <param name="Reason">Why, when it was refused or cancelled.</param>
internal sealed record OrderView(
    string Arrival, string Account, string Nonce, string Instrument, string Name, string SizeE8, string LeftE8, string InFlightE8, string LimitPriceE8, string ExpirySeconds, int Flags, string Status, string Reason);
