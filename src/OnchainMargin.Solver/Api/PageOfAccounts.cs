namespace OnchainMargin.Solver.Api;

/// <summary>A page of accounts.</summary>
/// <param name="Block">The block that they are at.</param>
/// <param name="Items">The accounts.</param>
/// <param name="Next">What to give as <c>after</c> for the next page; null on the last.</param>
internal sealed record PageOfAccounts(string Block, IReadOnlyList<AccountView> Items, string? Next);
