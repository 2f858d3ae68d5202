using System.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Tests.Generated;

namespace OnchainMargin.Bench.Ethereum;

/// <summary>Makes a node's answer with many logs of one event: two indexed parameters, a text and a signed number.</summary>
internal static class BenchLogs
{
    public static byte[] Answer(int count)
    {
        ContractAbi abi = ContractAbi.FromSignatures("function data(string note, int64 delta)");
        var text = new StringBuilder("[");
        for (int i = 0; i < count; i++)
        {
            Hash32 hash = Keccak256.HashUtf8($"log {i}");
            string caller = $"0x000000000000000000000000{hash.ToString()[26..]}";
            byte[] data = AbiCodec.Encode(abi.Function("data").Inputs, $"the note of log number {i}", -i);
            text.Append(i > 0 ? "," : "").Append(
                $$"""
                {"address":"0xccccccccccccccccccccccccccccccccccccccc0","topics":["{{EchoLab.CountedEvent.Topic}}","{{caller}}","{{((UInt256)(uint)i).ToHash32()}}"],
                "data":"{{HexData.Encode(data)}}","blockNumber":"0x{{i + 1_000_000:x}}","blockHash":"{{hash}}","transactionHash":"{{hash}}","transactionIndex":"0x1","logIndex":"0x{{i % 300:x}}","removed":false}
                """);
        }

        return Encoding.ASCII.GetBytes(text.Append(']').ToString());
    }
}
