namespace OnchainMargin.Cli.Demo;

/// <summary>Lines, for what is not a terminal: one for each event and each snapshot.</summary>
internal sealed class PlainView(TextWriter output, int stepsPerLine) : IDemoView
{
    /// <inheritdoc/>
    public Task RunAsync(Func<Task> body) => body();

    /// <inheritdoc/>
    public void Tell(string line) => output.WriteLine($"  {line}");

    /// <inheritdoc/>
    public void Show(DemoStatus status)
    {
        if (status.Step % stepsPerLine == 0)
        {
            output.WriteLine(
                $"{status.Step,4}/{status.Steps}  {status.Price.Time:yyyy-MM-dd HH:mm}  BTC {Money.Dollars(status.Price.BtcE8)}  ETH {Money.Dollars(status.Price.EthE8)}"
                + $"  block {status.Book.BlockNumber}  epoch {status.Book.LatestEpoch?.Epoch ?? 0}  {Weakest(status)}");
        }
    }

    private static string Weakest(DemoStatus status)
    {
        int place = Enumerable.Range(0, status.Accounts.Count).MinBy(i => status.Healths[i].RatioBps ?? Int128.MaxValue);
        return $"weakest {status.Accounts[place].Trader.Name} {Money.Ratio(status.Healths[place].RatioBps)}";
    }
}
