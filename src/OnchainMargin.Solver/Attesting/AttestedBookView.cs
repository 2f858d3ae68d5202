using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Attestations;

namespace OnchainMargin.Solver.Attesting;

/// <summary>A whole attested book as nodes hand it to each other.</summary>
/// <param name="Checkpoint">Its checkpoint.</param>
/// <param name="Attestations">Each attestation as <c>abi.encode</c> gives it, in hexadecimal digits.</param>
internal sealed record AttestedBookView(ulong Checkpoint, IEnumerable<string> Attestations)
{
    /// <summary>A book to be sent: it is written as it is read, a text at a time, and never stands whole in memory.</summary>
    public static AttestedBookView Of(AttestedBook book) => new(book.Checkpoint, book.Attestations.Select(static attestation => HexData.Encode(attestation.Encode())));
}
