using OnchainMargin.Models.Tails;

namespace OnchainMargin.Models.Policy;

/// <summary>Moves over a horizon, one an hour, and the quantiles that policies ask of them: of the long look-back, of the worst period seen, and the largest of the last week.</summary>
internal sealed class MoveHistory(PolicyOptions options)
{
    private const int Week = 7 * 24;

    private readonly List<double> _moves = [];

    /// <summary>Number of moves seen.</summary>
    internal int Count => _moves.Count;

    /// <summary>The quantile of the long look-back at its coverage.</summary>
    internal double Floor { get; private set; }

    /// <summary>The same of the period with the largest mean square, over all that was seen.</summary>
    internal double Stressed { get; private set; }

    /// <summary>The largest of the last week.</summary>
    internal double Recent => _moves.Count == 0 ? 0 : _moves.Skip(Math.Max(0, _moves.Count - Week)).Max();

    internal void Add(double move) => _moves.Add(move);

    /// <summary>Takes <see cref="Floor"/> and <see cref="Stressed"/> anew.</summary>
    internal void Recount()
    {
        Floor = Quantile(Math.Max(0, _moves.Count - options.LookBackHours), _moves.Count);
        double sum = 0, most = 0;
        var end = 0;
        for (var i = 0; i < _moves.Count; i++)
        {
            sum += _moves[i] * _moves[i];
            if (i >= options.StressHours)
            {
                sum -= _moves[i - options.StressHours] * _moves[i - options.StressHours];
            }

            if (sum > most)
            {
                (most, end) = (sum, i + 1);
            }
        }

        // A history without a move has no worst period.
        var start = Math.Max(0, end - options.StressHours);
        Stressed = end == 0 ? 0 : Quantile(start, end);
    }

    private double Quantile(int start, int end) => EmpiricalTail.Estimate(_moves.GetRange(start, end - start).ToArray(), options.FloorCoverage).ValueAtRisk;
}
