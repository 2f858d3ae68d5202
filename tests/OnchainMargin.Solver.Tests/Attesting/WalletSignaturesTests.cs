using System.Text;
using OnchainMargin.Ethereum;
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
        Assert.False(await new WalletSignatures(new EthereumNode(node)).IsSignedAsync(default, Address.Parse("0x00000000000000000000000000000000000000aa"), [1], CancellationToken.None));
        Assert.Contains("\"gas\":\"0x2dc6c0\"", node.Asked, StringComparison.Ordinal);
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
