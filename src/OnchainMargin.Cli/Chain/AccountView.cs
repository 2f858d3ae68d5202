using System.Globalization;
using System.Numerics;
using OnchainMargin.Cli.Text;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Cli.Chain;

/// <summary>An account as people and programs read it: names for numbers, decimals for integers.</summary>
internal sealed record AccountView
{
    /// <summary>Its number.</summary>
    public required ulong Account { get; init; }

    /// <summary>Who owns it.</summary>
    public required string Owner { get; init; }

    /// <summary>Its cash, with the interest until now.</summary>
    public required string Cash { get; init; }

    /// <summary>Its tokens in the vault, by symbol; by <c>#</c> and the number where the deployment's file does not name one that was listed since.</summary>
    public required IReadOnlyDictionary<string, string> Collateral { get; init; }

    /// <summary>What lies idle and counts for nothing, by symbol: above caps, or deposited while its market was halted.</summary>
    public required IReadOnlyDictionary<string, string> Idle { get; init; }

    /// <summary>Its positions, by instrument.</summary>
    public required IReadOnlyDictionary<string, PositionView> Positions { get; init; }

    /// <summary>Who may act for it beside its owner, what for and until when, by address; also those whose time is over.</summary>
    public required IReadOnlyDictionary<string, string> Delegates { get; init; }

    /// <summary>The lot that it is in; 0 for none.</summary>
    public required ulong OpenLot { get; init; }

    /// <summary>The hash of its state.</summary>
    public required string StateHash { get; init; }

    /// <summary>Makes the view.</summary>
    /// <param name="account">The account.</param>
    /// <param name="tokens">All that the vault lists: anybody may deposit any of them anywhere.</param>
    /// <param name="deployment">What tokens and underlyings are called.</param>
    public static AccountView Of(BookAccount account, IReadOnlyDictionary<ushort, BookToken> tokens, DeploymentRecord deployment) => new()
    {
        Account = account.Id,
        Owner = account.Owner.ToString(),
        Cash = FixedPointText.Format((BigInteger)account.State.CashE8, FixedPointText.E8),
        Collateral = Amounts(account.Balances, tokens, deployment),
        Idle = Amounts(account.Idle, tokens, deployment),
        Positions = account.State.Positions.ToDictionary(
            position => Instruments.Format(position.Instrument, deployment),
            position => new PositionView(FixedPointText.Format(position.SizeE8, FixedPointText.E8), FixedPointText.Format((BigInteger)position.CostE8, FixedPointText.E8)),
            StringComparer.Ordinal),
        Delegates = account.Delegates.Values.ToDictionary(static given => given.Delegate.ToString(), static given => $"{NamesOf(given.Rights)} until {TimeOf(given.UntilSeconds)}", StringComparer.Ordinal),
        OpenLot = account.OpenLot,
        StateHash = account.StateHash.ToString(),
    };

    /// <summary>The row of a table.</summary>
    public IReadOnlyList<string> Row() =>
    [
        $"{Account}",
        Owner,
        Cash,
        string.Join(' ', Collateral.Select(pair => $"{pair.Value} {pair.Key}")),
        string.Join(' ', Idle.Select(pair => $"{pair.Value} {pair.Key}")),
        string.Join(' ', Positions.Select(pair => $"{pair.Value.Size} {pair.Key}")),
        OpenLot == 0 ? string.Empty : $"{OpenLot}",
    ];

    /// <summary>Writes it for people.</summary>
    public void Write(TextWriter output)
    {
        Reply.WriteFacts(output, ("account", $"{Account}"), ("owner", Owner), ("cash", Cash), ("lot", OpenLot == 0 ? "none" : $"{OpenLot}"), ("state hash", StateHash));
        foreach ((string symbol, string amount) in Collateral)
        {
            output.WriteLine($"collateral  {amount} {symbol}");
        }

        foreach ((string symbol, string amount) in Idle)
        {
            output.WriteLine($"idle        {amount} {symbol}, which counts for nothing: `omargin engage` says why");
        }

        foreach ((string instrument, PositionView position) in Positions)
        {
            output.WriteLine($"position    {position.Size} {instrument}, cost {position.Cost}");
        }

        foreach ((string who, string rights) in Delegates)
        {
            output.WriteLine($"delegate    {who} may {rights}");
        }
    }

    /// <summary>Rights as the command line names them.</summary>
    public static string NamesOf(DelegateRights rights) => rights.ToString().ToLowerInvariant();

    /// <summary>A second of the chain's time; of what lies beyond every calendar the last that there is.</summary>
    public static string TimeOf(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(seconds, (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds())).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Amounts(IEnumerable<Balance> balances, IReadOnlyDictionary<ushort, BookToken> tokens, DeploymentRecord deployment)
    {
        var names = new InstrumentNames(deployment);
        return balances.ToDictionary(balance => names.Token(balance.Token), balance => FixedPointText.Format((BigInteger)balance.AmountRaw, tokens[balance.Token].Decimals), StringComparer.Ordinal);
    }
}
