using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.TypedData;

/// <summary>Writes a struct's members as EIP-712 encodes them, one word each, into a buffer of the caller (32 bytes a member and 32 for the type).</summary>
public ref struct TypedStructWriter
{
    private readonly AbiWriter _writer;
    private readonly Span<byte> _buffer;
    private int _length;

    /// <summary>Starts a struct of a type; the hash of the type is a constant that its caller keeps.</summary>
    public TypedStructWriter(Span<byte> buffer, in Hash32 typeHash)
    {
        buffer.Clear();
        _buffer = buffer;
        _writer = new AbiWriter(buffer);
        Add(typeHash);
    }

    /// <summary>The hash of a type such as <c>Order(address trader,uint64 sizeE8)</c>, with the types it refers to behind it.</summary>
    public static Hash32 TypeHash(string encodedType) => Keccak256.HashUtf8(encodedType);

    /// <summary>Adds a <c>bytes32</c>, or the hash of a member struct.</summary>
    public void Add(in Hash32 value) => _writer.WriteHash32(Next(), value);

    /// <summary>Adds an address.</summary>
    public void Add(in Address value) => _writer.WriteAddress(Next(), value);

    /// <summary>Adds an unsigned number of any width.</summary>
    public void Add(in UInt256 value) => _writer.WriteUInt256(Next(), value);

    /// <summary>Adds a signed number of any width.</summary>
    public void Add(in Int256 value) => _writer.WriteInt256(Next(), value);

    /// <summary>Adds an unsigned number of up to 64 bits.</summary>
    public void Add(ulong value) => _writer.WriteUInt64(Next(), value);

    /// <summary>Adds a signed number of up to 64 bits.</summary>
    public void Add(long value) => _writer.WriteInt64(Next(), value);

    /// <summary>Adds a truth value.</summary>
    public void Add(bool value) => _writer.WriteBool(Next(), value);

    /// <summary>Adds a text by its hash.</summary>
    public void AddText(string value) => Add(Keccak256.HashUtf8(value));

    /// <summary>The struct's hash.</summary>
    public readonly Hash32 Hash() => Keccak256.Hash(_buffer[.._length]);

    private int Next()
    {
        int at = _length;
        _length += AbiWriter.Word;
        return at;
    }
}
