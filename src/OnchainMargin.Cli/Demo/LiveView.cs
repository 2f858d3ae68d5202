using OnchainMargin.Protocol.Book;
using Spectre.Console;
using Spectre.Console.Rendering;
using Line = Spectre.Console.Text;

namespace OnchainMargin.Cli.Demo;

/// <summary>A live table on a terminal: progress, prices, the health of each account, attestations, auctions.</summary>
internal sealed class LiveView(IAnsiConsole console) : IDemoView
{
    private const int KeptEvents = 6;
    private const int BarWidth = 40;
    private readonly Queue<string> _events = new();
    private readonly Lock _lock = new();
    private DemoStatus? _status;
    private LiveDisplayContext? _display;

    /// <inheritdoc/>
    public Task RunAsync(Func<Task> body) => console.Live(new Line("starting")).AutoClear(enabled: false).StartAsync(async display =>
    {
        _display = display;
        try
        {
            await body();
        }
        finally
        {
            _display = null;
        }
    });

    /// <inheritdoc/>
    public void Tell(string line)
    {
        lock (_lock)
        {
            _events.Enqueue(line);
            if (_events.Count > KeptEvents)
            {
                _events.Dequeue();
            }

            Draw();
        }
    }

    /// <inheritdoc/>
    public void Show(DemoStatus status)
    {
        lock (_lock)
        {
            _status = status;
            Draw();
        }
    }

    private void Draw()
    {
        if (_display is { } display)
        {
            display.UpdateTarget(_status is { } status ? new Rows(Head(status), Accounts(status), Events()) : Events());
        }
    }

    private static Rows Head(DemoStatus status)
    {
        int done = status.Step * BarWidth / status.Steps;
        BookEpoch? epoch = status.Book.LatestEpoch;
        return new Rows(
            new Markup($"[bold]{status.Price.Time:d MMMM yyyy HH:mm}[/]   BTC [yellow]{Money.Cents(status.Price.BtcE8)}[/]   ETH [yellow]{Money.Cents(status.Price.EthE8)}[/]"),
            new Markup($"[green]{new string('━', done)}[/][grey]{new string('━', BarWidth - done)}[/] {status.Step}/{status.Steps}"),
            new Markup($"block {status.Book.BlockNumber}   epoch {epoch?.Epoch ?? 0} ({epoch?.Signatures ?? 0} signatures)   lots {status.Book.Lots.Count}, open {status.Book.OpenLots.Count()}"));
    }

    private static Table Accounts(DemoStatus status)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("account", "what it is", "equity", "maintenance", "health", "state");
        foreach (int column in new[] { 2, 3, 4 })
        {
            table.Columns[column].RightAligned();
        }

        for (int i = 0; i < status.Accounts.Count; i++)
        {
            string state = status.StateOf(i);
            string colour = state switch { "healthy" => "green", "closed" => "grey", "under water" => "red", _ => "yellow" };
            table.AddRow(
                new Line(status.Accounts[i].Trader.Name),
                new Line(status.Accounts[i].Trader.Story),
                new Line(Money.Dollars(status.Healths[i].Engine.EquityE8)),
                new Line(Money.Dollars(status.Healths[i].Engine.MaintenanceE8)),
                new Line(Money.Ratio(status.Healths[i].RatioBps)),
                new Markup($"[{colour}]{Markup.Escape(state)}[/]"));
        }

        return table;
    }

    private Rows Events() => new([.. _events.Select(line => (IRenderable)new Line(line, new Style(Color.Grey)))]);
}
