using OnchainMargin.Cli.Chain;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Cli.Demo;

/// <summary>What a view shows: the demo at one moment.</summary>
/// <param name="Step">Steps of the replay that are done.</param>
/// <param name="Steps">All of them.</param>
/// <param name="Price">The prices.</param>
/// <param name="Book">The protocol.</param>
/// <param name="Accounts">The accounts of the demo.</param>
/// <param name="Healths">Their figures, in the same order.</param>
internal sealed record DemoStatus(int Step, int Steps, PricePoint Price, ProtocolBook Book, IReadOnlyList<DemoAccount> Accounts, IReadOnlyList<AccountHealth> Healths)
{
    /// <summary>How an account stands, in a word.</summary>
    public string StateOf(int place)
    {
        BookAccount account = Book.Accounts[Accounts[place].Number];
        return account switch
        {
            { OpenLot: > 0 and var lot } => $"lot {lot}: {SoldPercent(Book.Lots[lot])} % sold",
            _ when Healths[place].IsUnderWater => "under water",
            { State.Positions.IsEmpty: true, Balances.IsEmpty: true } => "closed",
            _ => "healthy",
        };
    }

    private static ulong SoldPercent(BookLot lot) => lot.SoldE8 / 1_000_000;
}
