using OnchainMargin.Ethereum.TypedData;

namespace OnchainMargin.Ethereum.Tests.TypedData;

/// <summary>The standard's example.</summary>
internal sealed record Mail(Person From, Person To, string Contents) : ITypedStruct
{
    public const string EncodedType = "Mail(Person from,Person to,string contents)" + Person.EncodedType;

    public static readonly Hash32 TypeHash = TypedStructWriter.TypeHash(EncodedType);

    public Hash32 HashStruct()
    {
        var writer = new TypedStructWriter(stackalloc byte[128], TypeHash);
        writer.Add(From.HashStruct());
        writer.Add(To.HashStruct());
        writer.AddText(Contents);
        return writer.Hash();
    }
}
