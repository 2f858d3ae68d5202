using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.Transactions;

/// <summary>A transaction with its signature: the bytes that go to the network and their hash. Keep it before sending it, and nothing is lost.</summary>
public sealed class SignedTransaction
{
    /// <summary>Puts a transaction and its signature together.</summary>
    public SignedTransaction(Transaction transaction, Signature signature)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Transaction = transaction;
        Signature = signature;
        Raw = transaction.Encode(signature);
        Hash = Keccak256.Hash(Raw.Span);
    }

    /// <summary>The transaction.</summary>
    public Transaction Transaction { get; }

    /// <summary>The signature.</summary>
    public Signature Signature { get; }

    /// <summary>The bytes that go to the network.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The hash by which the network knows it.</summary>
    public Hash32 Hash { get; }

    /// <summary>Reads what the network carries; all forms but blobs and authorisations.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the bytes are no such transaction.</exception>
    public static SignedTransaction Decode(ReadOnlyMemory<byte> raw) => TransactionReader.Read(raw);

    /// <summary>The account that signed.</summary>
    /// <exception cref="EthereumFormatException">Thrown when no key can have made the signature.</exception>
    public Address RecoverSender() =>
        Secp256k1.TryRecoverAddress(Transaction.SigningHash(), Signature, out Address sender)
            ? sender
            : throw new EthereumFormatException($"The transaction {Hash} carries a signature that no key can have made; it was altered on the way.");
}
