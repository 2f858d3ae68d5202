using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Book;

/// <summary>An epoch that was posted.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="Checkpoint">The checkpoint that it rests on.</param>
/// <param name="ModelHash">The model.</param>
/// <param name="BookRoot">The Merkle root over all accounts' attestations.</param>
/// <param name="Accounts">How many leaves it has.</param>
/// <param name="Signatures">How many attesters signed.</param>
/// <param name="PostedInBlock">The block that holds it.</param>
public sealed record BookEpoch(ulong Epoch, ulong Checkpoint, Hash32 ModelHash, Hash32 BookRoot, uint Accounts, uint Signatures, ulong PostedInBlock);
