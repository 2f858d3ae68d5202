using Dapper;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Relay;

namespace OnchainMargin.Solver.Store;

public sealed partial class SolverStore
{
    /// <summary>Keeps an open order of the relay.</summary>
    public void AddOrder(StoredOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        Clearinghouse.Order fields = Clearinghouse.Order.Decode(order.Order);
        lock (_gate)
        {
            // Anew, so that it is the last that came.
            Transact(() => Connection.Execute(
                "DELETE FROM relay_orders WHERE account = @account AND nonce = @nonce; "
                + "INSERT INTO relay_orders (account, nonce, data, signer, signature, session) VALUES (@account, @nonce, @data, @signer, @signature, @session)",
                new { account = checked((long)fields.Account), nonce = NonceText(fields.Nonce), data = order.Order, signer = order.Signer.ToArray(), signature = order.Signature, session = order.Session }));
        }
    }

    /// <summary>Forgets orders of the relay.</summary>
    public void RemoveOrders(IEnumerable<(ulong Account, ulong Nonce)> orders)
    {
        lock (_gate)
        {
            Transact(() => Connection.Execute(
                "DELETE FROM relay_orders WHERE account = @account AND nonce = @nonce",
                orders.Select(static order => new { account = checked((long)order.Account), nonce = NonceText(order.Nonce) })));
        }
    }

    /// <summary>Forgets orders of the relay and keeps their nonces for cancelled until they expire.</summary>
    public void CancelOrders(IEnumerable<(ulong Account, ulong Nonce, ulong ExpirySeconds)> orders)
    {
        lock (_gate)
        {
            Transact(() => Connection.Execute(
                "DELETE FROM relay_orders WHERE account = @account AND nonce = @nonce; "
                + "DELETE FROM relay_cancelled WHERE account = @account AND nonce = @nonce; "
                + "INSERT INTO relay_cancelled (account, nonce, expiry) VALUES (@account, @nonce, @expiry)",
                orders.Select(static order => new { account = checked((long)order.Account), nonce = NonceText(order.Nonce), expiry = checked((long)order.ExpirySeconds) })));
        }
    }

    /// <summary>Forgets cancelled orders that have expired, a thousand at most: millions may expire in one second, and whoever waits for the store waits for all that one statement does.</summary>
    public void ForgetCancelled(ulong nowSeconds)
    {
        lock (_gate)
        {
            Transact(() => Connection.Execute(
                "DELETE FROM relay_cancelled WHERE (account, nonce) IN (SELECT account, nonce FROM relay_cancelled WHERE expiry < @now ORDER BY expiry LIMIT 1000)",
                new { now = checked((long)nowSeconds) }));
        }
    }

    /// <summary>How many cancelled orders of an account are kept that expire after a second, so many at most.</summary>
    public int CancelledOf(ulong account, ulong afterSeconds, int most)
    {
        lock (_gate)
        {
            return Connection.ExecuteScalar<int>("SELECT count(*) FROM (SELECT 1 FROM relay_cancelled WHERE account = @account AND expiry > @after LIMIT @most) AS kept", new { account = checked((long)account), after = checked((long)afterSeconds), most });
        }
    }

    /// <summary>Whether an order was cancelled at the relay. One that has expired may be forgotten.</summary>
    public bool IsOrderCancelled(ulong account, ulong nonce)
    {
        lock (_gate)
        {
            return Connection.ExecuteScalar<long>("SELECT count(*) FROM relay_cancelled WHERE account = @account AND nonce = @nonce", new { account = checked((long)account), nonce = NonceText(nonce) }) != 0;
        }
    }

    /// <summary>The open orders of the relay, in the order in which they came.</summary>
    public IReadOnlyList<StoredOrder> OpenOrders()
    {
        lock (_gate)
        {
            return [.. Connection
                .Query<(byte[] Data, byte[] Signer, byte[] Signature, string? Session)>("SELECT data, signer, signature, session FROM relay_orders ORDER BY arrival")
                .Select(static row => new StoredOrder(row.Data, new Address(row.Signer), row.Signature, row.Session))];
        }
    }

    // A nonce has 64 bits without a sign, an integer of the database 63.
    private static string NonceText(ulong nonce) => nonce.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
