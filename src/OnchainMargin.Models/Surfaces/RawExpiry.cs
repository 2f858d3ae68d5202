namespace OnchainMargin.Models.Surfaces;

/// <summary>An expiry that is fitted but not yet projected.</summary>
/// <param name="Expiry">Unix seconds.</param>
/// <param name="Years">Time to it.</param>
/// <param name="Forward">Its forward.</param>
/// <param name="Points">Its quotes.</param>
/// <param name="Prior">Where the fit before leaves it.</param>
/// <param name="Slice">The fit.</param>
internal sealed record RawExpiry(long Expiry, double Years, double Forward, SmilePoint[] Points, SviSlice? Prior, SviSlice Slice);
