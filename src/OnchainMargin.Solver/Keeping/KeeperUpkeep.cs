using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Keeping;

/// <summary>What anybody may do for all: collected fees pay losses that stand, and markets whose sources died are wound down.</summary>
internal sealed class KeeperUpkeep(ProtocolClient client, KeeperOptions options, KeeperDuties duties)
{
    private const string Covering = "cover losses";

    /// <summary>Sees to both.</summary>
    public async Task RunAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        await CoverAsync(round, cancellationToken).ConfigureAwait(false);
        await WindDownAsync(round, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has fees pay losses (CLR-026) once they pay more than a duty may cost, so that no more is spent than is paid.</summary>
    private async Task CoverAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        ProtocolBook book = round.Book;
        var paid = UInt128.Min(book.Ledger.FeesE8, book.Ledger.DeficitE8 + book.LostE8);
        if ((Int128)paid <= options.DutyCostE8 || round.UnderWay().Any(static entry => KeeperKeys.NameOf(entry.Intent) is Covering))
        {
            return;
        }

        var duty = new Duty("losses", "cover", $"{Covering} at {book.BlockHash}", $"fees pay {BidModel.Money((Int128)paid)} of them") { StakeE8 = (Int128)paid };
        await duties.TryAsync(duty, () => duties.DoAsync(duty, client.Calls.CoverLosses(), round, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Winds down what has been dead for seven days (CLR-027): until then nobody's positions in it settle, and its coins count at the last good price.</summary>
    private Task WindDownAsync(KeeperRound round, CancellationToken cancellationToken)
    {
        IEnumerable<ushort> dead = round.Live.Checkpoint.Underlyings
            .Where(record => record.MarketState == MarketState.Halted && !round.Book.Settlements.IsWoundDown(record.Underlying))
            .Select(static record => record.Underlying);
        return duties.EachAsync(dead, Ending, underlying => duties.DoAsync(Ending(underlying), client.Calls.WindDown(underlying), round, cancellationToken));
    }

    private static Duty Ending(ushort underlying) => new($"market {underlying}", "wind-down", $"wind-down market {underlying}", "its sources have agreed on nothing for seven days") { StakeE8 = Int128.MaxValue };
}
