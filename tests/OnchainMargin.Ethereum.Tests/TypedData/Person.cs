using OnchainMargin.Ethereum.TypedData;

namespace OnchainMargin.Ethereum.Tests.TypedData;

/// <summary>The standard's example: a struct within <see cref="Mail"/>.</summary>
internal sealed record Person(string Name, Address Wallet) : ITypedStruct
{
    public const string EncodedType = "Person(string name,address wallet)";

    private static readonly Hash32 TypeHash = TypedStructWriter.TypeHash(EncodedType);

    public Hash32 HashStruct()
    {
        var writer = new TypedStructWriter(stackalloc byte[96], TypeHash);
        writer.AddText(Name);
        writer.Add(Wallet);
        return writer.Hash();
    }
}
