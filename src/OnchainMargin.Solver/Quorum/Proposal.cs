using System.Buffers.Binary;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;

namespace OnchainMargin.Solver.Quorum;

/// <summary>Something that a quorum is to sign, as it goes from node to node: <see cref="Content"/> says all of it, the digest follows from that.</summary>
internal sealed class Proposal
{
    private const int Word = 32;
    private const int UpdateBytes = 10 * Word;
    private const int UnderlyingBytes = 7 * Word;
    private const int TokenBytes = 3 * Word;
    private const int MostBytes = MostUpdates * UpdateBytes;

    /// <summary>How many surfaces one proposal may have: twice what an underlying can list, and some nine million gas, which a transaction has room for.</summary>
    public const int MostUpdates = 64;

    /// <summary>How old what lands may be, in seconds (AGE_MAX_SECONDS of both contracts).</summary>
    public const ulong LongestSeconds = 600;

    private Proposal(ProposalKind kind, byte[] content, Hash32 digest, ulong time)
    {
        (Kind, Content, Digest, Time) = (kind, content, digest, time);
    }

    /// <summary>What it is.</summary>
    public ProposalKind Kind { get; }

    /// <summary>Its structs as <c>abi.encode</c> gives them, one after another; of a step of parameters behind the number of underlyings in four bytes.</summary>
    public byte[] Content { get; }

    /// <summary>What is signed.</summary>
    public Hash32 Digest { get; }

    /// <summary>The second that it speaks of.</summary>
    public ulong Time { get; }

    /// <summary>The surfaces, of a proposal of surfaces.</summary>
    public IReadOnlyList<VolSurfaces.SurfaceUpdate> Updates { get; private init; } = [];

    /// <summary>The steps of underlyings, of a proposal of parameters.</summary>
    public IReadOnlyList<ParameterSteps.UnderlyingStep> Underlyings { get; private init; } = [];

    /// <summary>The steps of tokens, of a proposal of parameters.</summary>
    public IReadOnlyList<ParameterSteps.TokenStep> Tokens { get; private init; } = [];

    /// <summary>Proposes surfaces, in the order in which the contract is to check them.</summary>
    public static Proposal Of(IReadOnlyList<VolSurfaces.SurfaceUpdate> updates, ProtocolDigests digests) =>
        new(ProposalKind.Surfaces, [.. updates.SelectMany(static update => update.Encode())], digests.Of(updates), updates[0].Time) { Updates = updates };

    /// <summary>Proposes a step of parameters.</summary>
    public static Proposal Of(IReadOnlyList<ParameterSteps.UnderlyingStep> underlyings, IReadOnlyList<ParameterSteps.TokenStep> tokens, ProtocolDigests digests)
    {
        byte[] count = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(count, underlyings.Count);
        byte[] content = [.. count, .. underlyings.SelectMany(static step => step.Encode()), .. tokens.SelectMany(static step => step.Encode())];
        return new Proposal(ProposalKind.Parameters, content, digests.Of(underlyings, tokens), underlyings.Count > 0 ? underlyings[0].Time : tokens[0].Time) { Underlyings = underlyings, Tokens = tokens };
    }

    /// <summary>Whether it is later than what is in force of all that it speaks of.</summary>
    public bool IsLater(ProtocolBook book) =>
        Updates.All(update => update.Expiry > book.BlockTimeSeconds && (!book.Surfaces.TryGetValue((update.Underlying, update.Expiry), out SurfaceHistory? history) || history.Present.Time < update.Time))
        && Underlyings.All(step => step.Time > book.Steps.UnderlyingTimes.GetValueOrDefault(step.Underlying))
        && Tokens.All(step => step.Time > book.Steps.TokenTimes.GetValueOrDefault(step.Token));

    /// <summary>Whether the contract could take it yet, were it signed by enough.</summary>
    public bool CanLand(ProtocolBook book) => book.BlockTimeSeconds <= Time + LongestSeconds && IsLater(book);

    /// <summary>Reads what another node sent.</summary>
    /// <returns>The proposal, or null when the content is none.</returns>
    /// <exception cref="EthereumFormatException">A field of it is not its type's.</exception>
    public static Proposal? Read(ProposalKind kind, byte[] content, ProtocolDigests digests)
    {
        if (content.Length is 0 or > MostBytes)
        {
            return null;
        }

        if (kind == ProposalKind.Surfaces)
        {
            return content.Length % UpdateBytes != 0 ? null : Of([.. content.Chunk(UpdateBytes).Select(static bytes => VolSurfaces.SurfaceUpdate.Decode(bytes))], digests);
        }

        int count = content.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32BigEndian(content);
        long first = sizeof(int) + ((long)count * UnderlyingBytes);
        if (kind != ProposalKind.Parameters || count < 0 || first > content.Length || (content.Length - first) % TokenBytes != 0 || content.Length == sizeof(int))
        {
            return null;
        }

        return Of(
            [.. content[sizeof(int)..(int)first].Chunk(UnderlyingBytes).Select(static bytes => ParameterSteps.UnderlyingStep.Decode(bytes))],
            [.. content[(int)first..].Chunk(TokenBytes).Select(static bytes => ParameterSteps.TokenStep.Decode(bytes))],
            digests);
    }
}
