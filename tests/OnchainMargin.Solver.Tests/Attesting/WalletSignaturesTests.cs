using System.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Solver.Attesting;

namespace OnchainMargin.Solver.Tests.Attesting;

public sealed class WalletSignaturesTests : IDisposable
{
    private static readonly Hash32 Digest = Keccak256.HashUtf8("something");

    private readonly PrivateKey _key = PrivateKey.Parse(new string('5', 64), "a test");
    private readonly OneNode _node = new();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task IsSigned_ByAWalletThatTakesAllGas_IsNotAndCostsTheNodeLittle()
    {
        _node.HasCode = true;
        Assert.False(await Wallets.IsSignedAsync(default, Address.Parse("0x00000000000000000000000000000000000000aa"), [1], CancellationToken.None));
        Assert.Contains("\"gas\":\"0x2dc6c0\"", _node.Asked, StringComparison.Ordinal);
    }

    /// <summary>The chain recovers nothing from a v of 0 or 1, which wallets give.</summary>
    [Fact]
    public async Task FindTaken_OfAKeyWhoseSignatureEndsInZeroOrOne_IsWhatTheChainTakes()
    {
        Assert.Equal((Signature, false), await FindAsync(Bare));
        Assert.Equal((Signature, false), await FindAsync(Signature));
        Assert.Null(await Wallets.FindTakenAsync(Keccak256.HashUtf8("something else"), _key.Address, Bare, CancellationToken.None));
    }

    /// <summary>With code at a key's address (EIP-7702) the chain asks that alone, whatever the key signed.</summary>
    [Fact]
    public async Task FindTaken_OfAKeyAtWhoseAddressCodeStands_IsWhatTheCodeSays()
    {
        _node.HasCode = true;
        Assert.Null(await FindAsync(Signature));
        Assert.True(await Wallets.IsSignedAsync(Digest, _key.Address, Signature, CancellationToken.None));

        _node.Agrees = true;
        Assert.Equal((Signature, true), await FindAsync(Bare));
        Assert.Equal(([1, 2], true), await FindAsync([1, 2]));
    }

    private WalletSignatures Wallets => new(new EthereumNode(_node));

    private byte[] Signature => _key.SignHash(Digest).ToArray();

    /// <summary>As wallets give it.</summary>
    private byte[] Bare => [.. Signature[..64], (byte)(Signature[64] - 27)];

    private async Task<(byte[] Bytes, bool IsByContract)?> FindAsync(byte[] signature) =>
        await Wallets.FindTakenAsync(Digest, _key.Address, signature, CancellationToken.None) is { } taken ? (taken.Bytes, taken.IsByContract) : null;

    /// <summary>A node of one contract, which agrees to everything or takes all gas.</summary>
    private sealed class OneNode : IRpcClient
    {
        public bool HasCode { get; set; }

        public bool Agrees { get; set; }

        public string Asked { get; private set; } = "";

        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
        {
            if (request.Method is "eth_getCode")
            {
                return Answer(HasCode ? "01" : "");
            }

            Asked = Encoding.UTF8.GetString(request.Parameters.Span);
            return Agrees ? Answer("1626ba7e" + new string('0', 56)) : throw new RpcErrorException(request.Method, new RpcError(-32000, "out of gas", null));
        }

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException("A wallet's signature is asked for one by one.");

        private static Task<ReadOnlyMemory<byte>> Answer(string hex) => Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes($"\"0x{hex}\""));
    }
}
