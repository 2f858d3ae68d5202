using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Tests;

/// <summary>Small books without a chain.</summary>
internal static class Books
{
    public const long One = 100_000_000;
    public const long Start = 1_700_000_000 / 3600 * 3600;

    /// <summary>A checkpoint of one underlying at a spot.</summary>
    public static CheckpointInputs Inputs(ulong id, long time, double spot, uint rangeE8 = 14_000_000, Func<UnderlyingRecord, UnderlyingRecord>? record = null)
    {
        var spotE8 = (long)Math.Round(spot * One);
        var made = new UnderlyingRecord(
            1, 1, MarketState.Normal, spotE8, spotE8, 0, 0, spotE8, 0, 5000 * One,
            new RiskParameters(rangeE8, 45_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000), []);
        made = record?.Invoke(made) ?? made;
        var checkpoint = new Checkpoint(
            new CheckpointHeader(id, time, 130_000_000, 1_000_000_000_000, 1_000_000_000_000), [new CollateralRecord(0, 0, 6, 0, One), new CollateralRecord(1, 1, 18, 5_000_000, One)], [made]);
        return CheckpointInputs.Read(checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), made.Pack());
    }

    /// <summary>An account with a long perpetual that cost nothing, and cash.</summary>
    public static BookAccount Account(ulong id, long cashE8, long sizeE8, long entryE8, ImmutableArray<Balance> balances = default) => new()
    {
        Id = id,
        Owner = default,
        StateBytes = [],
        StateHash = default,
        State = new AccountState { CashE8 = cashE8, Positions = [new Position(Instrument.Perpetual(1), sizeE8, (Int128)sizeE8 * entryE8 / One)] },
        Balances = balances.IsDefault ? [] : balances,
        ChangedInBlock = 1,
    };

    /// <summary>A book of accounts and checkpoints.</summary>
    public static ProtocolBook Of(IEnumerable<CheckpointInputs> checkpoints, params BookAccount[] accounts) => ProtocolBook.Empty with
    {
        Checkpoints = checkpoints.ToImmutableSortedDictionary(c => c.Id, c => c),
        Hours = Hours(checkpoints),
        Accounts = AccountTable.Of(accounts),
    };

    private static ImmutableSortedDictionary<ushort, MarketHours> Hours(IEnumerable<CheckpointInputs> checkpoints)
    {
        var hours = ImmutableSortedDictionary<ushort, MarketHours>.Empty;
        foreach (CheckpointInputs inputs in checkpoints.OrderBy(static one => one.Id))
        {
            foreach (UnderlyingRecord record in inputs.Checkpoint.Underlyings)
            {
                hours = hours.SetItem(record.Underlying, MarketHours.After(hours.GetValueOrDefault(record.Underlying), inputs.Checkpoint.Header.Time, record));
            }
        }

        return hours;
    }

    /// <summary>Two markets of one group, 2,000 and 50,000; the collateral is of the first, which is in some state and off its average.</summary>
    public static CheckpointInputs TwoMarkets(MarketState state = MarketState.Normal, double average = 2000)
    {
        CheckpointInputs one = Inputs(1, Start, 2000, record: record => record with { MarketState = state, AverageSpotE8 = (long)average * One });
        UnderlyingRecord first = one.Checkpoint.Underlyings[0];
        UnderlyingRecord second = first with { Underlying = 2, MarketState = MarketState.Normal, SpotE8 = 50_000 * One, PerpetualMarkE8 = 50_000 * One, AverageSpotE8 = 50_000 * One };
        Checkpoint checkpoint = one.Checkpoint with { Underlyings = [first, second] };
        return CheckpointInputs.Read(checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), [.. first.Pack(), .. second.Pack()]);
    }

    /// <summary>So many markets at one price.</summary>
    public static CheckpointInputs Markets(int count, double spot) => Repeated(Inputs(1, Start, spot), count);

    /// <summary>A checkpoint with a second underlying that is as the first.</summary>
    public static CheckpointInputs Doubled(CheckpointInputs one) => Repeated(one, 2);

    private static CheckpointInputs Repeated(CheckpointInputs one, int count)
    {
        UnderlyingRecord[] records = [.. Enumerable.Range(1, count).Select(number => one.Checkpoint.Underlyings[0] with { Underlying = (ushort)number })];
        Checkpoint checkpoint = one.Checkpoint with { Underlyings = [.. records] };
        return CheckpointInputs.Read(checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), [.. records.SelectMany(static record => record.Pack())]);
    }
}
