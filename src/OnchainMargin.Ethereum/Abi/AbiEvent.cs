using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>An event of a contract.</summary>
/// <param name="Name">The name.</param>
/// <param name="Inputs">The parameters.</param>
/// <param name="IsAnonymous">Whether logs of it carry no topic of their own.</param>
public sealed record AbiEvent(string Name, IReadOnlyList<AbiParameter> Inputs, bool IsAnonymous)
{
    /// <summary>The signature, as in <c>Transfer(address,address,uint256)</c>.</summary>
    public string Signature { get; } = AbiSignature.Of(Name, Inputs);

    /// <summary>The hash of the signature: a log's first topic.</summary>
    public Hash32 Topic => Keccak256.HashUtf8(Signature);

    /// <summary>Decodes a log into one value per parameter; an indexed parameter of dynamic type gives the hash that the log has of it.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the log is not of this event.</exception>
    public object[] Decode(IReadOnlyList<Hash32> topics, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(topics);
        int own = IsAnonymous ? 0 : 1;
        if (topics.Count != own + Inputs.Count(static input => input.IsIndexed) || (own == 1 && topics[0] != Topic))
        {
            throw new EthereumFormatException($"A log with {topics.Count} topics is not of the event {Signature}; check the contract's address and ABI.");
        }

        object[] plain = AbiCodec.Decode([.. Inputs.Where(static input => !input.IsIndexed)], data);
        var values = new object[Inputs.Count];
        int topic = own;
        int next = 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Inputs[i].IsIndexed ? DecodeTopic(Inputs[i].Type, topics[topic++]) : plain[next++];
        }

        return values;
    }

    private static object DecodeTopic(AbiType type, Hash32 topic) =>
        type.IsDynamic || type.Kind is AbiKind.FixedArray or AbiKind.Tuple
            ? topic
            : AbiCodec.Decode([new AbiParameter("", type)], topic.ToArray())[0];
}
