using System.Collections.Immutable;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>A book file as the engine wants it: one checkpoint and the accounts, with the names that the file uses.</summary>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="View">The checkpoint made ready.</param>
/// <param name="Names">Names of underlyings, groups and tokens.</param>
/// <param name="Accounts">The accounts, in the order of the file.</param>
internal sealed record Book(Checkpoint Checkpoint, CheckpointView View, BookNames Names, ImmutableArray<BookAccount> Accounts);
