using System.Collections.Immutable;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Protocol.Book;

/// <content>How long checkpoints and epochs are kept: for as long as an attestation at them can be used, however many follow it.</content>
public sealed partial class BookReplay
{
    /// <summary>Checkpoints that are kept at least. Should governance raise attestationMaxAge, attestations at these count again.</summary>
    private const int KeptCheckpoints = 256;

    /// <summary>Epochs that are kept at least.</summary>
    private const int KeptEpochs = 256;

    /// <summary>
    /// Drops checkpoints beyond the least number once nothing at them can be used any more, and then epochs that rest on none that is kept. By number alone attesters would post an epoch with a false leaf, then many more of the same checkpoint in a block, and use the leaf when nobody
    /// knows its epoch. What is kept has bounds all the same: a checkpoint each checkpointInterval, both of governance, and as many epochs as somebody pays the posting of within the time of the kept checkpoints.
    /// </summary>
    private static ProtocolBook DropOldCheckpoints(ProtocolBook book, long timeSeconds)
    {
        ImmutableSortedDictionary<ulong, CheckpointInputs> kept = book.Checkpoints;
        while (kept.Count > KeptCheckpoints && timeSeconds - kept.First().Value.Checkpoint.Header.Time > book.Parameters.Oracle.AttestationMaxAgeSeconds)
        {
            kept = kept.Remove(kept.First().Key);
        }

        return DropOldEpochs(book with { Checkpoints = kept });
    }

    /// <summary>Drops epochs beyond the least number that rest on checkpoints that are not kept, and what was demanded and supplied of them. An epoch's checkpoint is never one before that of the epoch before it.</summary>
    private static ProtocolBook DropOldEpochs(ProtocolBook book)
    {
        ulong oldest = book.Checkpoints.IsEmpty ? ulong.MaxValue : book.Checkpoints.First().Key;
        ImmutableSortedDictionary<ulong, BookEpoch> kept = book.Epochs;
        while (kept.Count > KeptEpochs && kept.First().Value.Checkpoint < oldest)
        {
            kept = kept.Remove(kept.First().Key);
        }

        if (ReferenceEquals(kept, book.Epochs))
        {
            return book;
        }

        ulong first = kept.First().Key;
        return book with
        {
            Epochs = kept,
            Demands = book.Demands.RemoveRange(book.Demands.Keys.TakeWhile(leaf => leaf.Epoch < first)),
            Supplied = book.Supplied.RemoveRange(book.Supplied.Keys.TakeWhile(leaf => leaf.Epoch < first)),
        };
    }

    /// <summary>Drops what was demanded and supplied of epochs that are void: no answer is worth anything, and nobody judges it.</summary>
    private static ProtocolBook DropVoidLeaves(ProtocolBook book) => book with
    {
        Demands = book.Demands.RemoveRange(book.Demands.Keys.Where(leaf => !IsSound(book, leaf.Epoch))),
        Supplied = book.Supplied.RemoveRange(book.Supplied.Keys.Where(leaf => !IsSound(book, leaf.Epoch))),
    };

    private static bool IsSound(ProtocolBook book, ulong number) => book.Epochs.TryGetValue(number, out BookEpoch? epoch) && !epoch.IsVoid;
}
