using System.Numerics;
using OnchainMargin.Oracle;

namespace OnchainMargin.EndToEnd.Tests.Differential;

/// <summary>What kinds of accounts a run met, so that a run says what it tried.</summary>
internal sealed class Tally
{
    /// <summary>The ranges of spec/constants.json.</summary>
    private static readonly BigInteger[] Known = [14_000_000, 16_000_000, 25_000_000];

    private int _positions;
    private int _largest;
    private int _between;
    private int _pooled;
    private int _delayed;
    private int _minimum;
    private int _groups;
    private int _ranges;
    private int _tokens;
    private int _bounds;
    private int _expired;
    private int _window;
    private int _held;
    private int _heldAfterNarrow;
    private int _unseen;

    public void Add(AccountInputs inputs, AccountReport report)
    {
        _positions += inputs.State.Positions.Count;
        _largest = Math.Max(_largest, inputs.State.Positions.Count);
        _between += report.Underlyings.Any(u => u.Between24 > u.Scenario24) ? 1 : 0;
        _pooled += report.Groups.Any(group => group.Between24 > group.Scenario24 && report.Underlyings.Count(u => u.Record.Group == group.Group) > 1) ? 1 : 0;
        _minimum += report.Groups.Any(group => group.ShortMinimum > 0 && group.Maintenance == group.ShortMinimum) ? 1 : 0;
        _delayed += inputs.Choice != Choice.Present && inputs.Checkpoint.Underlyings.Any(u => u.Expiries.Any(expiry => expiry.Present != expiry.Delayed)) ? 1 : 0;
        _groups += report.Groups.Count > 1 ? 1 : 0;
        _ranges += report.Underlyings.Any(u => !Known.Contains(u.Record.Parameters.PriceRangeE8)) ? 1 : 0;
        _tokens += inputs.Balances.Count(balance => inputs.Checkpoint.Collaterals.First(token => token.Token == balance.Token).Underlying != 0) > 2 ? 1 : 0;
        _bounds += inputs.State.Positions.Any(position => BigInteger.Abs(position.SizeE8) >= Integers.Two(53) - 1) ? 1 : 0;
        List<BigInteger> left = [.. inputs.State.Positions.Where(position => position.Instrument.Kind != Kind.Perpetual).Select(position => position.Instrument.Expiry - inputs.Checkpoint.Time)];
        _expired += left.Any(seconds => seconds <= 0) ? 1 : 0;
        _window += left.Any(seconds => seconds > 0 && seconds < 1800) ? 1 : 0;
        _unseen += inputs.Checkpoint.Underlyings.Any(u => u.Expiries.Any(expiry => expiry.FollowSeconds != Integers.Clamp(expiry.Expiry - inputs.Checkpoint.Time, 0, 1800) && inputs.State.Positions.Any(position => position.Instrument.Underlying == u.Underlying && position.Instrument.Expiry == expiry.Expiry))) ? 1 : 0;
        List<int> held = [.. inputs.State.Positions.Index().Where(entry => IsHeld(entry.Item.Instrument, inputs.Checkpoint)).Select(entry => entry.Index)];
        int narrow = report.Underlyings.SelectMany(u => u.Kinks).Where(kink => kink.Narrow.Contains(true)).Select(kink => kink.Position).DefaultIfEmpty(int.MaxValue).Min();
        _held += held.Count > 0 ? 1 : 0;
        _heldAfterNarrow += held.Exists(position => position > narrow) ? 1 : 0;
    }

    public override string ToString() =>
        $"{_positions} positions (at most {_largest} in one), between binding in {_between}, pooled in {_pooled}, short minimum in {_minimum}, surfaces to choose from in {_delayed}, " +
        $"several groups in {_groups}, a range whose logarithms are not known in {_ranges}, three tokens of underlyings or more in {_tokens}, a size at its bound in {_bounds}, expired in {_expired}, " +
        $"settlement window in {_window}, partly observed in {_unseen}, a held strike in {_held}, one after a narrow option in {_heldAfterNarrow}";

    /// <summary>Whether the logarithm of its strike is held at ±6, on the present surface.</summary>
    private static bool IsHeld(Instrument instrument, Checkpoint checkpoint)
    {
        if (!instrument.IsOption || instrument.Expiry - checkpoint.Time < 60)
        {
            return false;
        }

        Surface surface = checkpoint.Underlyings.First(u => u.Underlying == instrument.Underlying).Expiries.First(expiry => expiry.Expiry == instrument.Expiry).Present;
        BigInteger logarithm = KernelRules.Ln(surface.ForwardE8, surface.PublishedForwardE8) - KernelRules.LogStrike(instrument.StrikeE8, surface);
        return BigInteger.Abs(logarithm) >= 6 * Integers.Two(32);
    }
}
