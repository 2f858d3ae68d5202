using System.Collections.Immutable;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Risk;

/// <summary>The whole book computed at one checkpoint.</summary>
/// <param name="Book">The book.</param>
/// <param name="Inputs">The checkpoint.</param>
/// <param name="Accounts">Every account's figures.</param>
internal sealed record RiskSnapshot(ProtocolBook Book, CheckpointInputs Inputs, ImmutableSortedDictionary<ulong, AccountRisk> Accounts);
