using System.Collections.Immutable;
using System.Text.Json;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>One account of a book.</summary>
/// <param name="Id">Its id as in the file.</param>
/// <param name="State">Its state.</param>
/// <param name="Balances">Its collateral, ascending by token.</param>
internal sealed record BookAccount(JsonElement Id, AccountState State, ImmutableArray<Balance> Balances)
{
    /// <summary>The id as text.</summary>
    public string Name => Id.ToString();
}
