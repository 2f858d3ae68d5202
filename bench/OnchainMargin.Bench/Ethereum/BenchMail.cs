using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.TypedData;

namespace OnchainMargin.Bench.Ethereum;

/// <summary>The EIP-712 standard's example message.</summary>
internal sealed record BenchMail(string FromName, Address FromWallet, string ToName, Address ToWallet, string Contents) : ITypedStruct
{
    private const string PersonType = "Person(string name,address wallet)";

    private static readonly Hash32 MailHash = TypedStructWriter.TypeHash("Mail(Person from,Person to,string contents)" + PersonType);
    private static readonly Hash32 PersonHash = TypedStructWriter.TypeHash(PersonType);

    public Hash32 HashStruct()
    {
        var writer = new TypedStructWriter(stackalloc byte[128], MailHash);
        writer.Add(Person(FromName, FromWallet));
        writer.Add(Person(ToName, ToWallet));
        writer.AddText(Contents);
        return writer.Hash();
    }

    private static Hash32 Person(string name, Address wallet)
    {
        var writer = new TypedStructWriter(stackalloc byte[96], PersonHash);
        writer.AddText(name);
        writer.Add(wallet);
        return writer.Hash();
    }
}
