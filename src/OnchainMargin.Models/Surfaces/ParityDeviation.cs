namespace OnchainMargin.Models.Surfaces;

/// <summary>How far the quotes of one expiry are from put-call parity.</summary>
/// <param name="Expiry">Unix seconds.</param>
/// <param name="Strikes">Strikes quoted on both sides of call and put.</param>
/// <param name="Outside">Strikes where call less put cannot equal forward less strike at any price between bid and ask.</param>
/// <param name="ForwardDeviation">Median over strikes of the forward that parity implies, over the stated forward, less 1.</param>
/// <param name="WorstStrike">The strike furthest outside, or 0.</param>
/// <param name="WorstDeviation">By how much it is outside, of the forward.</param>
public readonly record struct ParityDeviation(long Expiry, int Strikes, int Outside, double ForwardDeviation, double WorstStrike, double WorstDeviation)
{
    private const double ForwardTolerance = 0.002;
    private const double OutsideTolerance = 0.1;

    /// <summary>Bad data: the implied forward is 0.2 % away, or more than a tenth of the strikes (and at least three) contradict it.</summary>
    public bool IsFlagged => Math.Abs(ForwardDeviation) > ForwardTolerance || (Outside >= 3 && Outside > OutsideTolerance * Strikes);
}
