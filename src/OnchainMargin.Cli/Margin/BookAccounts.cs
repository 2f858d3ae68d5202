using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Margin;

/// <summary>Accounts of a book.</summary>
internal sealed class BookAccounts(BookNames names, CheckpointView view)
{
    private const int E8 = 8;
    private const long SizeMax = 1L << 53;

    private static readonly BigInteger CashMax = (BigInteger.One << 100) - 1;
    private static readonly BigInteger PriceMax = BigInteger.One << 49;

    private readonly Dictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);

    /// <summary>Reads the accounts; ids must differ.</summary>
    public ImmutableArray<BookAccount> Read(IEnumerable<JsonElement> items)
    {
        ImmutableArray<BookAccount>.Builder accounts = ImmutableArray.CreateBuilder<BookAccount>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement item in items)
        {
            BookAccount account = ReadAccount(item, accounts.Count);
            if (!ids.Add(account.Name))
            {
                throw new CliException($"The id '{account.Name}' of accounts[{accounts.Count}] is there twice: give every account its own.");
            }

            accounts.Add(account);
        }

        return accounts.ToImmutable();
    }

    private BookAccount ReadAccount(JsonElement item, int place)
    {
        JsonElement id = BookNode.Any(item, $"accounts[{place}]").Get("id") ?? throw new CliException($"The id of accounts[{place}] is missing: give it.");
        if (id.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
        {
            throw new CliException($"The id of accounts[{place}] is neither a number nor a text: write it like 1 or \"alice\".");
        }

        BookNode node = BookNode.Of(item, $"account {id}", "id", "cash", "collateral", "positions");
        var positions = new List<Position>();
        foreach (JsonElement position in node.Items("positions"))
        {
            positions.Add(ReadPosition(position, $"account {id}, positions[{positions.Count}]"));
        }

        positions.Sort((a, b) => a.Instrument.CompareTo(b.Instrument));
        for (int i = 1; i < positions.Count; i++)
        {
            if (positions[i].Instrument == positions[i - 1].Instrument)
            {
                throw new CliException($"The instrument '{names.Format(positions[i].Instrument)}' of account {id} is there twice: add the two positions up.");
            }
        }

        if (positions.Count > AccountState.PositionsMax)
        {
            throw new CliException($"The positions of account {id} are {positions.Count}: give at most {AccountState.PositionsMax}.");
        }

        var state = new AccountState { CashE8 = (Int128)node.Number("cash", E8, -CashMax, CashMax, 0), Positions = [.. positions] };
        return new BookAccount(id, state, node.Get("collateral") is { } table ? ReadBalances(BookNode.Any(table, $"account {id}, collateral")) : []);
    }

    private ImmutableArray<Balance> ReadBalances(BookNode table)
    {
        var balances = new List<Balance>();
        foreach (JsonProperty property in table.Members())
        {
            int token = names.TokenNumber(property.Name);
            CollateralRecord record = (token >= 0 ? view.Checkpoint.Collaterals.FirstOrDefault(c => c.Token == token) : null)
                ?? throw new CliException($"The token '{property.Name}' of {table.Where} is not in the book: add it to collateral.");
            BigInteger amount = BookNode.Parse(property.Value, record.Decimals, 0, (BigInteger)UInt128.MaxValue, $"{property.Name} of {table.Where}");
            if (!amount.IsZero)
            {
                balances.Add(new Balance(record.Token, (UInt128)amount));
            }
        }

        return [.. balances.OrderBy(b => b.Token)];
    }

    private Position ReadPosition(JsonElement item, string where)
    {
        BookNode node = BookNode.Of(item, where, "instrument", "size", "entry");
        string name = node.Text("instrument");
        Instrument instrument = Find(name, where);
        long sizeE8 = node.Long("size", E8, -SizeMax, SizeMax);
        if (sizeE8 == 0)
        {
            throw new CliException($"The size of {where} is 0: leave the position out.");
        }

        if (instrument.IsOption)
        {
            return node.Has("entry")
                ? throw new CliException($"The entry of {where} belongs to no option: leave it out, an option's premium is in cash already.")
                : new Position(instrument, sizeE8, 0);
        }

        BigInteger entry = node.Number("entry", E8, -PriceMax, PriceMax);
        return new Position(instrument, sizeE8, Fills.ValueUp(sizeE8, (long)entry, 0));
    }

    /// <summary>An instrument by name; one that a checkpoint of the book can value.</summary>
    public Instrument Find(string name, string where)
    {
        if (_instruments.TryGetValue(name, out Instrument known))
        {
            return known;
        }

        Instrument instrument = names.ParseInstrument(name, where);
        if (instrument.Expiry != 0 && !view.Checkpoint.Underlyings[instrument.Underlying - 1].Expiries.Any(e => e.Expiry == instrument.Expiry))
        {
            throw new CliException(
                $"The instrument of {where} '{name}' names no expiry of the book: add '{BookNames.Day(instrument.Expiry)}' to underlyings.{names.Underlying(instrument.Underlying)}.expiries.");
        }

        _instruments.Add(name, instrument);
        return instrument;
    }
}
