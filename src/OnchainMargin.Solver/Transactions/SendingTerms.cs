using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Transactions;

/// <summary>What a node says that transactions of a moment are sent by.</summary>
/// <param name="Offer">What it asks for gas.</param>
/// <param name="MinedNonce">The sender's first nonce that is free in the newest block.</param>
/// <param name="BalanceWei">What the sender has.</param>
internal sealed record SendingTerms(GasOffer Offer, ulong MinedNonce, UInt256 BalanceWei);
