using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>Where option quotes come from. A venue's own API is read by a program of the operator's, which writes the file that <see cref="FileQuoteSource"/> reads.</summary>
internal interface IQuoteSource
{
    /// <summary>The newest quotes of an underlying.</summary>
    /// <param name="underlying">Its name, as the deployment has it.</param>
    /// <param name="spot">Its price on chain, a unit.</param>
    /// <param name="time">The chain's time, unix seconds.</param>
    /// <returns>Quotes of one moment, later than the time only when the source knows no others; none when it knows none.</returns>
    /// <exception cref="OnchainMargin.Models.Data.DataFileException">The source cannot be read.</exception>
    IReadOnlyList<OptionQuote> Read(string underlying, double spot, long time);
}
