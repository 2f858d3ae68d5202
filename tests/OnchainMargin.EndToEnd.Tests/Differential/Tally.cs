using System.Numerics;
using OnchainMargin.Oracle;

namespace OnchainMargin.EndToEnd.Tests.Differential;

/// <summary>What kinds of accounts a run met, so that a run says what it tried.</summary>
internal sealed class Tally
{
    private int _positions;
    private int _largest;
    private int _between;
    private int _pooled;
    private int _delayed;
    private int _minimum;

    public void Add(AccountInputs inputs, AccountReport report)
    {
        _positions += inputs.State.Positions.Count;
        _largest = Math.Max(_largest, inputs.State.Positions.Count);
        _between += report.Underlyings.Any(u => u.Between24 > u.Scenario24) ? 1 : 0;
        _pooled += report.Groups.Any(group => group.Between24 > group.Scenario24 && report.Underlyings.Count(u => u.Record.Group == group.Group) > 1) ? 1 : 0;
        _minimum += report.Groups.Any(group => group.ShortMinimum > 0 && group.Maintenance == group.ShortMinimum) ? 1 : 0;
        _delayed += inputs.Choice != Choice.Present && inputs.Checkpoint.Underlyings.Any(u => u.Expiries.Any(expiry => expiry.Present != expiry.Delayed)) ? 1 : 0;
    }

    public override string ToString() =>
        $"{_positions} positions (at most {_largest} in one), between binding in {_between}, pooled in {_pooled}, short minimum in {_minimum}, surfaces to choose from in {_delayed}";
}
