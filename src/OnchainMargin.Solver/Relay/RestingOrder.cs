using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <summary>An order in the relay. Changed only under the relay's lock.</summary>
internal sealed class RestingOrder(Clearinghouse.SignedOrder signed, Address owner, long arrival, string? session)
{
    /// <summary>Bit of <c>flags</c>: the order may only make its position smaller.</summary>
    public const byte ReduceOnly = 1;

    /// <summary>Bit of <c>flags</c>: the order may only rest.</summary>
    public const byte PostOnly = 2;

    /// <summary>Bit of <c>flags</c>: the order is filled whole by one other order, or not at all; it never rests.</summary>
    public const byte FillOrKill = 4;

    /// <summary>What was signed.</summary>
    public Clearinghouse.SignedOrder Signed { get; } = signed;

    /// <summary>Who owns its account: places are counted by owner, since anybody opens any number of accounts and moves what he has from one to the other.</summary>
    public Address Owner { get; } = owner;

    /// <summary>Its place in time among all orders.</summary>
    public long Arrival { get; } = arrival;

    /// <summary>The session whose end cancels it; null for none.</summary>
    public string? Session { get; } = session;

    /// <summary>Whether a contract judges its signature (ERC-1271), as far as it is known here: code may be set at the address of a key at any time (EIP-7702).</summary>
    public bool IsByContract { get; set; }

    /// <summary>The instrument.</summary>
    public Instrument Instrument { get; } = Instrument.Unpack(signed.Order.Instrument);

    /// <summary>What is neither filled nor in flight.</summary>
    public ulong LeftE8 { get; set; } = (ulong)Math.Abs(signed.Order.SizeE8);

    /// <summary>All of it.</summary>
    public ulong WholeE8 => (ulong)Math.Abs(Signed.Order.SizeE8);

    /// <summary>What is filled, as far as it is known here.</summary>
    public ulong FilledE8 => WholeE8 - LeftE8 - InFlightE8;

    /// <summary>What is matched and not yet known to be settled.</summary>
    public ulong InFlightE8 { get; set; }

    /// <summary>How far it has come.</summary>
    public OrderStatus Status { get; set; }

    /// <summary>Why it was refused or cancelled.</summary>
    public string Reason { get; set; } = "";

    /// <summary>The account.</summary>
    public ulong Account => Signed.Order.Account;

    /// <summary>The nonce.</summary>
    public ulong Nonce => Signed.Order.Nonce;

    /// <summary>Whether it is filled whole or not at all.</summary>
    public bool IsFillOrKill => (Signed.Order.Flags & FillOrKill) != 0;

    /// <summary>Whether it may only make its position smaller.</summary>
    public bool IsReduceOnly => (Signed.Order.Flags & ReduceOnly) != 0;

    /// <summary>Whether it may only rest.</summary>
    public bool IsPostOnly => (Signed.Order.Flags & PostOnly) != 0;

    /// <summary>Whether it buys.</summary>
    public bool IsBuy => Signed.Order.SizeE8 > 0;

    /// <summary>Its limit.</summary>
    public ulong PriceE8 => Signed.Order.LimitPriceE8;

    /// <summary>What it was about when it came, E8: its size at the price of its underlying. 0 where that was not known.</summary>
    public Int128 NotionalE8 { get; set; }

    /// <summary>Whether it is out of its book for a while, where it meets nobody: its account waits for a settlement price, gas is too dear for its fill, or it would open something by an old surface.</summary>
    public bool IsAside { get; set; }

    /// <summary>How often it was since its account began to wait, or since a fill of it.</summary>
    public int TimesAside { get; set; }

    /// <summary>Whether those that came to rest across it while it was aside stay, when it may only rest.</summary>
    public bool YieldsPlace { get; set; }

    /// <summary>The second, in Unix seconds, at which it is looked whether its time is over; 0 for at once.</summary>
    public ulong LookAtSeconds { get; set; }

    /// <summary>Whether nothing more can become of it.</summary>
    public bool IsOver => Status >= OrderStatus.Filled;

    /// <summary>Whether it is what was signed, under the same session.</summary>
    public bool IsOf(Clearinghouse.SignedOrder other, string? otherSession) =>
        Signed.Order == other.Order && Signed.Signer == other.Signer && Signed.Signature.AsSpan().SequenceEqual(other.Signature) && string.Equals(Session, otherSession, StringComparison.Ordinal);

    /// <summary>Whether a fill of so much of it makes its account's position smaller.</summary>
    public bool Reduces(ulong sizeE8, ProtocolBook book) =>
        book.Accounts.TryGetValue(Account, out BookAccount? account) && Fees.Reduces(account.State.SizeOf(Instrument), Signed64(sizeE8));

    /// <summary>A size of it with its sign.</summary>
    public long Signed64(ulong sizeE8) => IsBuy ? (long)sizeE8 : -(long)sizeE8;
}
