using System.Numerics;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Book;

/// <summary>An epoch that was posted.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="Checkpoint">The checkpoint that it rests on.</param>
/// <param name="ModelHash">The model.</param>
/// <param name="BookRoot">The Merkle root over all accounts' attestations.</param>
/// <param name="Accounts">How many leaves it has.</param>
/// <param name="Signers">The seats of those who signed, one bit each.</param>
/// <param name="PostedInBlock">The block that holds it.</param>
/// <param name="IsVoid">Whether it was voided, or a signer of it was proved wrong.</param>
public sealed record BookEpoch(ulong Epoch, ulong Checkpoint, Hash32 ModelHash, Hash32 BookRoot, uint Accounts, ulong Signers, ulong PostedInBlock, bool IsVoid = false)
{
    /// <summary>How many attesters signed.</summary>
    public int Signatures => BitOperations.PopCount(Signers);
}
