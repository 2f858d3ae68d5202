using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Indexing;

namespace OnchainMargin.Solver.Attesting;

/// <summary>The attested books of the last checkpoints, computed when first asked for: what epochs are signed from and proofs are served from.</summary>
internal sealed class AttestedBooks
{
    private const int Kept = 16;
    private const int KeptAtLeast = 2;

    /// <summary>A leaf with its attestation and its part of the tree takes some 220 bytes.</summary>
    private const int KeptLeaves = 4_000_000;

    private readonly Lock _gate = new();
    private readonly Lock _turn = new();
    private readonly Dictionary<Hash32, (ProtocolBook Of, AttestedBook Made)> _books = [];
    private readonly Queue<Hash32> _order = new();
    private readonly AttestationBuilder _builder = new(Environment.ProcessorCount);

    /// <summary>The attested book of a checkpoint; null when the index does not keep it any more.</summary>
    public AttestedBook? Find(IndexedBook indexed, ulong checkpoint, CancellationToken cancellationToken)
    {
        if (!indexed.AtCheckpoints.TryGetValue(checkpoint, out ProtocolBook? book) || !book.Checkpoints.TryGetValue(checkpoint, out CheckpointInputs? inputs))
        {
            return null;
        }

        // Whoever comes while one is computed waits for it.
        if (Known(book) is { } ready)
        {
            return ready;
        }

        lock (_turn)
        {
            if (Known(book) is { } known)
            {
                return known;
            }

            AttestedBook made = _builder.Build(book, inputs, Alike(checkpoint), cancellationToken);
            Keep(book, made);
            return made;
        }
    }

    /// <summary>The attested book of a checkpoint as strangers are served it: only that of the last epoch is computed for them, else who asks for one after the other would have this node compute whole books for ever.</summary>
    public AttestedBook? FindServed(IndexedBook indexed, ulong checkpoint, CancellationToken cancellationToken) =>
        checkpoint == indexed.Book.LatestEpoch?.Checkpoint ? Find(indexed, checkpoint, cancellationToken)
        : indexed.AtCheckpoints.TryGetValue(checkpoint, out ProtocolBook? book) ? Known(book)
        : null;

    /// <summary>What was made of a book. One block may have had another: what a node had left out before it is put in later (<see cref="ChainFollower"/>), and the blocks keep their hashes.</summary>
    private AttestedBook? Known(ProtocolBook book)
    {
        lock (_gate)
        {
            return _books.TryGetValue(book.BlockHash, out (ProtocolBook Of, AttestedBook Made) known) && ReferenceEquals(known.Of, book) ? known.Made : null;
        }
    }

    /// <summary>The book of the same checkpoint in a block that a reorganisation took back, or before what had been left out was put in.</summary>
    private AttestedBook? Alike(ulong checkpoint)
    {
        lock (_gate)
        {
            return _books.Values.Select(static one => one.Made).FirstOrDefault(made => made.Checkpoint == checkpoint);
        }
    }

    private void Keep(ProtocolBook book, AttestedBook made)
    {
        int most = Math.Clamp(KeptLeaves / Math.Max(1, made.Attestations.Length), KeptAtLeast, Kept);
        lock (_gate)
        {
            if (!_books.ContainsKey(book.BlockHash))
            {
                _order.Enqueue(book.BlockHash);
            }

            _books[book.BlockHash] = (book, made);
            while (_order.Count > most)
            {
                _books.Remove(_order.Dequeue());
            }
        }
    }
}
