using System.Globalization;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Indexing;

namespace OnchainMargin.Solver.Attesting;

/// <content>The leaves that somebody demands to see on chain. Anybody may demand any number of them for gas alone, so they wait for the epoch to be signed, come a few a round, and each from one node.</content>
internal sealed partial class AttesterRole
{
    /// <summary>Each is an estimate of some 50 ms, so a round takes two seconds of them at most where the node is well, and a node answers thousands within the time that a demand leaves.</summary>
    private const int MostLeavesARound = 32;

    /// <summary>What a demand leaves for an answer, in seconds (DEMAND_SECONDS of the contract).</summary>
    private const long DemandSeconds = 600;

    /// <summary>How long an attester waits for the one before it. All have had their turn when half of the time is over, however many they are.</summary>
    private const long LongestTurnSeconds = 60;

    /// <summary>How long a demand is not answered again, whatever came of it: the book may not show it yet, and one in which the node hangs or that the contract refuses holds up no others.</summary>
    private static readonly TimeSpan AnsweredAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(ulong Epoch, ulong Account), long> _answered = [];

    private async Task SupplyAsync(IndexedBook indexed, CancellationToken cancellationToken)
    {
        ProtocolBook book = indexed.Book;
        long now = time.GetTimestamp();
        foreach ((ulong Epoch, ulong Account) over in _answered.Where(one => time.GetElapsedTime(one.Value, now) >= AnsweredAgainAfter).Select(static one => one.Key).ToArray())
        {
            _answered.Remove(over);
        }

        // Not those of void epochs, which the contract refuses, nor those of books that are not this node's: they would be tried first for ever.
        var made = new Dictionary<ulong, AttestedBook?>();
        KeyValuePair<(ulong Epoch, ulong Account), ulong>[] due =
        [
            .. book.Demands
                .Where(demand => !_answered.ContainsKey(demand.Key) && IsTurn(demand.Key.Account, (long)demand.Value, book) && BookOf(demand.Key.Epoch) is not null)
                .OrderBy(static demand => demand.Value)
                .Take(MostLeavesARound),
        ];
        foreach (((ulong epoch, ulong account), _) in due)
        {
            _answered[(epoch, account)] = now;
            if (BookOf(epoch)!.Find(account) is { } leaf)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"supply account {account} of epoch {epoch}");
                if (await SubmitAsync(key, calls.Supply(Challenges.RiskAttestation.Decode(leaf.Attestation.Encode()), epoch, leaf.Proof), epoch, Hash32.Zero, cancellationToken).ConfigureAwait(false))
                {
                    logger.LeafSupplied(account, epoch);
                }
            }
        }

        AttestedBook? BookOf(ulong number)
        {
            if (!made.TryGetValue(number, out AttestedBook? found))
            {
                found = book.Epochs.TryGetValue(number, out BookEpoch? epoch) && !epoch.IsVoid && attested.Find(indexed, epoch.Checkpoint, cancellationToken) is { } own && own.IsOf(epoch) ? own : null;
                made[number] = found;
            }

            return found;
        }
    }

    /// <summary>Whether this node is to answer a demand now: the seat that the account's number falls on at once, each next one a turn later, and who has no seat any more behind them all.</summary>
    private bool IsTurn(ulong account, long deadlineSeconds, ProtocolBook book)
    {
        long turnSeconds = Math.Min(LongestTurnSeconds, DemandSeconds / 2 / Math.Max(1, book.Attesters.Count));

        // The later of both clocks, as for checkpoints: the chain's stands still between blocks.
        return Math.Max(time.GetUtcNow().ToUnixTimeSeconds(), (long)book.BlockTimeSeconds) >= deadlineSeconds - DemandSeconds + (RankOf(account, book) * turnSeconds);
    }
}
