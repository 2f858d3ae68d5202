using Org.BouncyCastle.Crypto.Generators;
using OnchainMargin.Ethereum.Keys;

namespace OnchainMargin.Ethereum.Tests.Keys;

public sealed class ScryptTests
{
    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(16, 1, 1)]
    [InlineData(64, 3, 2)]
    [InlineData(1024, 8, 16)]
    [InlineData(4096, 8, 1)]
    public void Derive_OfAnyCost_IsBouncyCastles(int cost, int blockSize, int parallelisation)
    {
        byte[] password = "pleaseletmein"u8.ToArray();
        byte[] salt = "SodiumChloride"u8.ToArray();

        Assert.Equal(SCrypt.Generate(password, salt, cost, blockSize, parallelisation, 32), Scrypt.Derive(password, salt, cost, blockSize, parallelisation, 32));
    }
}
