using Dapper;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;

namespace OnchainMargin.Solver.Store;

public sealed partial class SolverStore
{
    private const string OrdersTable = """
        CREATE TABLE IF NOT EXISTS relay_orders (
            arrival INTEGER PRIMARY KEY AUTOINCREMENT,
            account INTEGER NOT NULL,
            nonce TEXT NOT NULL,
            data BLOB NOT NULL,
            signer BLOB NOT NULL,
            signature BLOB NOT NULL,
            session TEXT,
            UNIQUE (account, nonce));
        """;

    /// <summary>Keeps an open order of the relay.</summary>
    public void AddOrder(StoredOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        Clearinghouse.Order fields = Clearinghouse.Order.Decode(order.Order);
        lock (_gate)
        {
            _connection.Execute(
                OrdersTable + "INSERT OR REPLACE INTO relay_orders (account, nonce, data, signer, signature, session) VALUES (@account, @nonce, @data, @signer, @signature, @session)",
                new { account = checked((long)fields.Account), nonce = NonceText(fields.Nonce), data = order.Order, signer = order.Signer.ToArray(), signature = order.Signature, session = order.Session });
        }
    }

    /// <summary>Forgets an order of the relay.</summary>
    public void RemoveOrder(ulong account, ulong nonce)
    {
        lock (_gate)
        {
            _connection.Execute(OrdersTable + "DELETE FROM relay_orders WHERE account = @account AND nonce = @nonce", new { account = checked((long)account), nonce = NonceText(nonce) });
        }
    }

    /// <summary>The open orders of the relay, in the order in which they came.</summary>
    public IReadOnlyList<StoredOrder> OpenOrders()
    {
        lock (_gate)
        {
            _connection.Execute(OrdersTable);
            return [.. _connection
                .Query<(byte[] Data, byte[] Signer, byte[] Signature, string? Session)>("SELECT data, signer, signature, session FROM relay_orders ORDER BY arrival")
                .Select(static row => new StoredOrder(row.Data, new Address(row.Signer), row.Signature, row.Session))];
        }
    }

    // A nonce has 64 bits without a sign, an integer of the database 63.
    private static string NonceText(ulong nonce) => nonce.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
