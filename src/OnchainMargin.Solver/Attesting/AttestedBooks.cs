using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Solver.Indexing;

namespace OnchainMargin.Solver.Attesting;

/// <summary>The attested books of the last checkpoints, computed when first asked for: what epochs are signed from and proofs are served from.</summary>
internal sealed class AttestedBooks
{
    private const int Kept = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<Ethereum.Hash32, AttestedBook> _books = [];
    private readonly Queue<Ethereum.Hash32> _order = new();

    /// <summary>The attested book of a checkpoint; null when the index does not keep it any more.</summary>
    public AttestedBook? Find(IndexedBook indexed, ulong checkpoint, CancellationToken cancellationToken)
    {
        if (!indexed.AtCheckpoints.TryGetValue(checkpoint, out Protocol.Book.ProtocolBook? book) || !book.Checkpoints.TryGetValue(checkpoint, out Protocol.Checkpoints.CheckpointInputs? inputs))
        {
            return null;
        }

        // The block's hash names the whole state of the book, so a reorganisation never meets an old result.
        lock (_gate)
        {
            if (_books.TryGetValue(book.BlockHash, out AttestedBook? known))
            {
                return known;
            }
        }

        AttestedBook made = AttestationBuilder.Build(book, inputs, cancellationToken);
        lock (_gate)
        {
            if (_books.TryAdd(book.BlockHash, made))
            {
                _order.Enqueue(book.BlockHash);
                if (_order.Count > Kept)
                {
                    _books.Remove(_order.Dequeue());
                }
            }
        }

        return made;
    }
}
