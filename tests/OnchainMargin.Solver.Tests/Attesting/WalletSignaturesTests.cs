using System.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Solver.Attesting;

namespace OnchainMargin.Solver.Tests.Attesting;

public sealed class WalletSignaturesTests
{
    [Fact]
    public async Task IsSigned_ByAWalletThatTakesAllGas_IsNotAndCostsTheNodeLittle()
    {
        var node = new OutOfGasNode();
        Assert.Null(await new WalletSignatures(new EthereumNode(node)).FindAsync(default, Address.Parse("0x00000000000000000000000000000000000000aa"), [1], CancellationToken.None));
        Assert.Contains("\"gas\":\"0x2dc6c0\"", node.Asked, StringComparison.Ordinal);
    }

    /// <summary>The chain recovers nothing from a v of 0 or 1, which wallets give; what a contract judges stays as it is.</summary>
    [Fact]
    public async Task Find_OfAKeyWhoseSignatureEndsInZeroOrOne_IsWhatTheChainTakes()
    {
        using PrivateKey key = PrivateKey.Parse(new string('5', 64), "a test");
        Hash32 digest = Keccak256.HashUtf8("something");
        byte[] signature = key.SignHash(digest).ToArray();
        byte[] bare = [.. signature[..64], (byte)(signature[64] - 27)];
        var wallets = new WalletSignatures(new EthereumNode(new OutOfGasNode()));
        Assert.Equal(signature, await wallets.FindAsync(digest, key.Address, bare, CancellationToken.None));
        Assert.Equal(signature, await wallets.FindAsync(digest, key.Address, signature, CancellationToken.None));
        Assert.Null(await wallets.FindAsync(Keccak256.HashUtf8("something else"), key.Address, bare, CancellationToken.None));
    }

    private sealed class OutOfGasNode : IRpcClient
    {
        public string Asked { get; private set; } = "";

        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
        {
            if (request.Method is "eth_getCode")
            {
                return Task.FromResult<ReadOnlyMemory<byte>>("\"0x01\""u8.ToArray());
            }

            Asked = Encoding.UTF8.GetString(request.Parameters.Span);
            throw new RpcErrorException(request.Method, new RpcError(-32000, "out of gas", null));
        }

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException("A wallet's signature is asked for one by one.");
    }
}
